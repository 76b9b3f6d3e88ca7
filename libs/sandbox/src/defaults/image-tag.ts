const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const TAG = '\\w[\\w.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REMOTE = `${NAME}(?:/${NAME})*`;
const WITH_HOST = new RegExp(`^${HOST}/${REMOTE}(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const WITHOUT_HOST = new RegExp(`^${REMOTE}(?::(${TAG}))?(?:@(${DIGEST}))?$`);

/** What comes before the first slash is a host if it looks like one. */
const hasHost = (image: string): boolean => {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (first === 'localhost' || /[.:A-Z]/.test(first));
};

/** The tag of an image, `latest` when nothing is said; none of one with a digest, nor of what is no image. */
export const imageTag = (image: string): string | undefined => {
  const match = /^[a-f0-9]{64}$/.test(image) ? null : (hasHost(image) ? WITH_HOST : WITHOUT_HOST).exec(image);
  if (!match) return undefined;
  const [, tag, digest] = match;
  return tag ?? (digest === undefined ? 'latest' : undefined);
};
