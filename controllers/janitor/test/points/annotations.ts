import type { Deletion } from '@kube-steward/plan';
import { DAY, HOUR, MINUTE, ago, annotated, object } from '../decisions.ts';
import { DELETED, EXPIRED, INVALID, alone, byRule, says, type Point, type Row } from './point.ts';

const aged = (age: number) => ({ metadata: { creationTimestamp: ago(age) } });
const undated = { metadata: { creationTimestamp: undefined } };
const DEPLOYED_AT = { deploymentTimeAnnotation: 'deployed-at' };
const deployed = (at: string, annotations: object, said: string, config: object = DEPLOYED_AT): Row =>
  alone(object('Deployment', { annotations: { 'deployed-at': at, ...annotations } }), said, {
    config: { ...config },
  });
const TTL = { 'janitor/ttl': '30m' };
const NOTICE = { config: { deleteNotification: '30m' } };
const propagating = (propagation: Deletion['propagation']) => ({
  decision: { deletion: { propagation } as Deletion },
});

/** What kube-janitor 20.10 makes of annotations, and what is made of them here. */
export const ANNOTATION_POINTS: readonly Point[] = [
  {
    name: 'kept: the grammar of times to live, any case of forever, leading zeros, a line break at the end',
    rows: [
      ...['1s', '59m', '08s', '30m\n'].map((ttl) => says({ ttl }, DELETED)),
      ...['forever', 'FOREVER', 'Forever'].map((ttl) => says({ ttl }, 'none Forever')),
      ...['1H', '-1h', '1.5h', ' 1m', '1m ', '1', 'h', '1y', '٣m', '1m\n\n'].map((ttl) => says({ ttl }, INVALID)),
    ],
  },
  {
    name: 'added: compound times to live',
    rows: [says({ ttl: '1h30m' }, 'none NotYetDue 12:30'), says({ ttl: '59m59s' }, DELETED)],
  },
  {
    name: 'kept: 0s never deletes, an empty value is none, and an invalid one shields from rules',
    rows: [
      says({ ttl: '0s' }, 'none NeverDue', { config: byRule() }),
      says({ ttl: '' }, DELETED, { config: byRule(), about: 'the rule' }),
      says({ ttl: 'soon' }, INVALID, { config: byRule() }),
    ],
  },
  {
    name: 'kept: the three forms of an expiry, all UTC, with their one-digit numbers',
    rows: [
      says({ expires: '2026-11-20T11:59:59Z' }, EXPIRED),
      says({ expires: '2026-11-20T11:59' }, EXPIRED),
      says({ expires: '2026-11-20' }, EXPIRED),
      says({ expires: '2026-11-21' }, 'none NotYetDue 2026-11-21T00:00:00Z'),
      says({ expires: '2026-11-9T1:2:3Z' }, EXPIRED),
      says({ expires: '2026-11-20t11:59:59z' }, EXPIRED),
      says({ expires: '2026-11- 9' }, EXPIRED),
      says({ expires: '2026-11-31' }, INVALID),
      says({ expires: '2026-13-01' }, INVALID),
      says({ expires: '2026-11-20 11:00' }, INVALID),
      says({ expires: '1763640000' }, INVALID),
      says({ expires: ' 2026-11-20' }, INVALID),
      says({ expires: '2026-11-20T24:00' }, INVALID),
    ],
  },
  {
    name: 'added: an expiry with an offset, and seconds without Z',
    rows: [
      says({ expires: '2026-11-20T12:59:59+01:00' }, EXPIRED),
      says({ expires: '2026-11-20T11:30:00-01:00' }, 'none NotYetDue 12:30'),
      says({ expires: '2026-11-20T11:59:59' }, EXPIRED),
    ],
  },
  {
    name: 'kept: at the very moment nothing is due yet, and what was made in the future is kept',
    rows: [
      says({ ttl: '1h' }, 'none NotYetDue 12:00'),
      says({ expires: '2026-11-20T12:00:00Z' }, 'none NotYetDue 12:00'),
      says({ ttl: '1h' }, DELETED, aged(HOUR + 1)),
      says({ ttl: '30m' }, 'none NotYetDue 13:30', aged(-HOUR)),
    ],
  },
  {
    name: 'kept: a time to live and an expiry are independent, the earlier one counts',
    rows: [
      says({ ttl: 'forever', expires: '2026-11-20' }, EXPIRED),
      says({ ttl: '30m', expires: '2026-12-01' }, DELETED),
      says({ ttl: 'soon', expires: '2026-11-20' }, EXPIRED),
      says({ expires: '2026-12-01' }, DELETED, {
        config: byRule(),
        about: 'a coming expiry is no protection from rules',
      }),
    ],
  },
  {
    name: 'changed: where both are due there is one delete, not two',
    rows: [says({ ttl: '30m', expires: '2026-11-20' }, DELETED)],
  },
  {
    name: 'kept: the age may count from a deploy, for times to live and for rules, and never for an expiry',
    rows: [
      deployed('2026-11-20T11:45:00Z', TTL, 'none NotYetDue 12:15'),
      deployed('2020-01-01T00:00:00Z', TTL, DELETED),
      deployed('2026-11-20T11:45:00Z', { 'janitor/expires': '2026-11-20' }, EXPIRED),
      deployed('2026-11-20T11:45:00Z', {}, 'none NotYetDue 12:15', byRule({}, DEPLOYED_AT)),
    ],
  },
  {
    name: 'changed: a deploy time that cannot be read keeps the object, and is reported',
    rows: [
      {
        ...deployed('yesterday', TTL, INVALID),
        decision: { message: 'deployed-at: "yesterday" is no moment' },
      },
    ],
  },
  {
    name: 'changed: an object that does not say when it was made is kept, and stops nobody else',
    rows: [says({ ttl: '30m' }, 'none AgeUnknown', undated), says({ expires: '2026-11-20' }, EXPIRED, undated)],
  },
  {
    name: 'changed: a time to live beyond all bounds is a bad value, and not the end of everything',
    rows: [says({ ttl: '99999999999999w' }, INVALID), says({ ttl: '9'.repeat(400) + 's' }, INVALID)],
  },
  {
    name: 'kept: what an object owns goes in the background, or as its rule says',
    rows: [
      alone(annotated('Job', { ttl: '1s' }), DELETED, propagating('Background')),
      alone(object('Job'), DELETED, { config: byRule(), ...propagating('Background') }),
      alone(object('Job'), DELETED, {
        config: byRule({ propagation: 'Foreground' }),
        ...propagating('Foreground'),
      }),
    ],
  },
  {
    name: 'kept: reasons and messages of events, word for word',
    rows: [
      says({ ttl: '30m' }, DELETED, {
        decision: {
          message: 'Deployment web with 30m TTL is 1h old and will be deleted (annotation janitor/ttl is set)',
        },
      }),
      says({ ttl: '1s' }, DELETED, {
        metadata: { creationTimestamp: ago(11 * DAY + 11 * HOUR + 13 * MINUTE + 9000) },
        decision: {
          message: 'Deployment web with 1s TTL is 1w4d11h13m9s old and will be deleted (annotation janitor/ttl is set)',
        },
      }),
      says({ expires: '2026-11-20T11:00' }, EXPIRED, {
        decision: {
          message: 'Deployment web expired on 2026-11-20T11:00 and will be deleted (annotation janitor/expires is set)',
        },
      }),
      says({}, DELETED, {
        config: byRule(),
        decision: { message: 'Deployment web with 30m TTL is 1h old and will be deleted (rule rule matches)' },
      }),
      says({ ttl: '2h' }, 'notify DeleteNotification 14:00', {
        config: { deleteNotification: '3h' },
        decision: {
          message: 'Deployment web will be deleted at 2026-11-20T14:00:00Z (annotation janitor/ttl is set)',
        },
      }),
    ],
  },
  {
    name: 'kept: a notice within its time of the deadline; changed: guaranteed, though the time for it has passed',
    rows: [
      says({ ttl: '2h' }, 'none NotYetDue 12:30', NOTICE),
      says({ ttl: '80m' }, 'notify DeleteNotification 12:30', NOTICE),
      says({ ttl: '50m' }, 'notify DeleteNotification 12:30', { ...NOTICE, about: 'the time for it was missed' }),
      says({ ttl: '50m', notified: 'yes' }, 'notify DeleteNotification 12:30', {
        ...NOTICE,
        about: 'kube-janitor’s own mark is no notice',
      }),
      says({ ttl: '10m' }, 'notify DeleteNotification 12:10', { ...NOTICE, about: 'no longer than its time to live' }),
    ],
  },
];
