// Where browsers are sent to sign in, with the way back from there. Takes the way back as it is: the two
// addresses check what they are asked with.

/** A page with a button. */
export const SIGN_IN = '/sign-in';
/** Straight on to the identity provider. */
export const BEGIN = `${SIGN_IN}/begin`;

function withReturn(path: string, returnTo: string): string {
  return `${path}?${new URLSearchParams({ return: returnTo }).toString()}`;
}

export const beginPath = (returnTo: string) => withReturn(BEGIN, returnTo);

/**
 * The first page is where people come by themselves: they are told where they are. Whoever follows a link to a
 * report, or clicks a button after the session is over, knows what they want.
 */
export function signInPath({ pathname, search }: URL): string {
  return withReturn(pathname === '/' ? SIGN_IN : BEGIN, pathname + search);
}
