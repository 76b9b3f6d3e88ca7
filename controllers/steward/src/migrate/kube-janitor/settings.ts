import type { OldFlag, OldSettings } from '../old-settings.ts';

const SWITCH: OldFlag = { isSwitch: true };

/** kube-janitor's flags, those of its last versions included. */
export const JANITOR_FLAGS = {
  'dry-run': SWITCH,
  debug: SWITCH,
  d: SWITCH,
  quiet: SWITCH,
  once: SWITCH,
  interval: {},
  'wait-after-delete': {},
  'delete-notification': {},
  'deployment-time-annotation': {},
  'include-resources': { env: 'INCLUDE_RESOURCES', default: 'all' },
  'exclude-resources': { env: 'EXCLUDE_RESOURCES', default: 'events,controllerrevisions' },
  'include-namespaces': { env: 'INCLUDE_NAMESPACES', default: 'all' },
  'exclude-namespaces': { env: 'EXCLUDE_NAMESPACES', default: 'kube-system' },
  'include-cluster-resources': SWITCH,
  'rules-file': { env: 'RULES_FILE' },
  'resource-context-hook': {},
  'log-format': {},
} as const satisfies Readonly<Record<string, OldFlag>>;

export type JanitorFlag = keyof typeof JANITOR_FLAGS;
export type JanitorSettings = OldSettings<JanitorFlag>;
