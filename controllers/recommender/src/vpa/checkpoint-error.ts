/** A checkpoint of the VPA's that cannot be read; the message says which field, and what is allowed there. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
