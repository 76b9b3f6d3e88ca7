/** How this controller is called wherever a name outlives a version: field manager, events, lease, user agent. */
export const NAME = 'downscaler';
/** What `kubectl apply` and GitOps tools like it remember on an object. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Never changed: GitOps users list it in their configuration. */
export const FIELD_MANAGER = 'kube-steward-downscaler';
