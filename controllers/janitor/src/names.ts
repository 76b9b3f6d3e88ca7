/** How this controller is called wherever a name outlives a version: field manager, events, lease, user agent. */
export const NAME = 'janitor';
/** Never changed: GitOps users list it in their configuration. */
export const FIELD_MANAGER = 'kube-steward-janitor';
/** What stands before the slash of every annotation, unless configured otherwise. */
export const PREFIX = 'janitor';
/** Whose archive a ConfigMap belongs to: `janitor`. */
export const ARCHIVE_LABEL = 'kube-steward.io/archive';
/** On all that is kube-steward's own. */
export const OWN_LABEL = { 'app.kubernetes.io/part-of': 'kube-steward' } as const;
