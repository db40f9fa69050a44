// The one shape of fetch that the worker needs, so that whoever starts it can hand one in.

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
