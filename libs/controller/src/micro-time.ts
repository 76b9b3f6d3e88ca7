/** Milliseconds since the epoch as a Kubernetes `MicroTime`: exactly six fractional digits, or the API server refuses it. */
export const formatMicroTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`;
