// What every cookie of the edge is: this host's alone (`__Host-`), out of reach of scripts, and not sent
// with what other sites embed.

export const HOST_COOKIE = {
  prefix: 'host',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
} as const;
