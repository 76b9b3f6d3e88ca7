/** Filled in when the bundle is made. */
export const VERSION = process.env['KUBE_STEWARD_VERSION'] ?? 'development';
