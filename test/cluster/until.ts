const LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 100;

/**
 * Asks until it holds.
 *
 * @param what - what is waited for, for the message
 * @param evidence - what helps to see why it did not come, for the message
 * @throws Error after two minutes, and what `holds` throws
 */
export const until = async (
  holds: () => Promise<boolean> | boolean,
  what: string,
  evidence: () => string = () => '',
): Promise<void> => {
  for (const limit = Date.now() + LIMIT_MS; !(await holds());) {
    if (Date.now() > limit) throw new Error(`${what}: not so after ${LIMIT_MS / 1000} s\n${evidence()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};
