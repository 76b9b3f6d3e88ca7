import t from 'tap';
import { DAY, HOUR, ago, annotated, decisionOn, inShort, object, policy } from './decisions.ts';

t.test('the deadline of an object comes from its annotations', async (t) => {
  const rows: readonly [annotations: Record<string, string>, said: string][] = [
    [{}, 'none NoDeadline'],
    [{ ttl: '30m' }, 'delete TimeToLiveExpired'],
    [{ ttl: '2h' }, 'none NotYetDue 13:00'],
    [{ ttl: '1h' }, 'none NotYetDue 12:00'],
    [{ ttl: 'Forever' }, 'none Forever'],
    [{ ttl: '0s' }, 'none NeverDue'],
    [{ ttl: '' }, 'none NoDeadline'],
    [{ ttl: 'soon' }, 'invalid InvalidAnnotation'],
    [{ expires: '2026-11-20' }, 'delete ExpiryTimeReached'],
    [{ expires: '2026-11-20T12:00' }, 'none NotYetDue 12:00'],
    [{ expires: '2026-11-20T13:30+01:00' }, 'invalid InvalidAnnotation'],
    [{ expires: '2026-11-20T12:30:00+01:00' }, 'delete ExpiryTimeReached'],
    [{ ttl: 'forever', expires: '2026-11-20' }, 'delete ExpiryTimeReached'],
    [{ ttl: '30m', expires: '2026-11-21' }, 'delete TimeToLiveExpired'],
    [{ ttl: '30m', expires: '2026-11-20' }, 'delete TimeToLiveExpired'],
    [{ ttl: '3h', expires: '2026-11-20T14:00:00' }, 'none NotYetDue 14:00'],
    [{ ttl: 'soon', expires: '2026-11-20' }, 'delete ExpiryTimeReached'],
    [{ ttl: 'soon', expires: '2026-11-20T13:00' }, 'invalid InvalidAnnotation 13:00'],
    [{ tll: '30m', ttl: '30m' }, 'invalid UnknownAnnotation'],
    [{ notified: 'yes', ttl: '30m' }, 'delete TimeToLiveExpired'],
  ];
  for (const [annotations, said] of rows)
    t.equal(inShort(decisionOn('Deployment', annotated('Deployment', annotations))), said, JSON.stringify(annotations));
});

t.test('what it carries is what was decided, in the words of kube-janitor', async (t) => {
  t.same(
    decisionOn('Deployment', annotated('Deployment', { ttl: '30m' }, { creationTimestamp: ago(11 * DAY + HOUR) })),
    {
      controller: 'janitor',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
      action: 'delete',
      reason: 'TimeToLiveExpired',
      message: 'Deployment web with 30m TTL is 1w4d1h old and will be deleted (annotation janitor/ttl is set)',
      decidedBy: { source: 'object', key: 'janitor/ttl', value: '30m' },
      changes: [],
      deletion: { age: '1w4d1h', deadline: '2026-11-09T11:30:00Z', propagation: 'Background' },
    },
  );
  t.equal(
    decisionOn('Deployment', annotated('Deployment', { expires: '2026-11-20' })).message,
    'Deployment web expired on 2026-11-20 and will be deleted (annotation janitor/expires is set)',
  );
});

t.test('or from the first rule that matches', async (t) => {
  const by = policy({
    rules: [
      { id: 'keep', resources: ['*'], jmespath: 'metadata.labels.keep', ttl: 'forever' },
      { id: 'preview', resources: ['deployments'], jmespath: 'metadata.labels.preview', ttl: '30m' },
    ],
  });
  const labelled = (labels: Record<string, string>, annotations?: Record<string, string>) =>
    inShort(decisionOn('Deployment', object('Deployment', { labels, annotations }), by));
  t.equal(labelled({ preview: '1' }), 'delete TimeToLiveExpired');
  t.equal(labelled({ preview: '1', keep: '1' }), 'none Forever');
  t.equal(labelled({}), 'none NoDeadline');
  t.equal(labelled({ preview: '1' }, { 'janitor/ttl': '1d' }), 'none NotYetDue 2026-11-21T11:00:00Z');
  t.equal(labelled({ preview: '1' }, { 'janitor/expires': '2026-12-01' }), 'delete TimeToLiveExpired');
});

t.test('everything that cannot be read is told at once, and what becomes of the object meanwhile', async (t) => {
  const message = (annotations: Record<string, string>): string =>
    decisionOn('Deployment', annotated('Deployment', annotations)).message;
  t.match(
    message({ tll: '30m', protect: 'ja', ttl: 'soon' }),
    /^janitor\/tll means nothing .*; janitor\/protect: .*; janitor\/ttl: .*; it is kept until that is corrected$/,
  );
  t.match(message({ ttl: 'soon', expires: 'never' }), /^janitor\/ttl: .*; janitor\/expires: .*; it is kept until/);
  t.notMatch(message({ ttl: 'soon', expires: '2026-11-20T13:00' }), /is kept/, 'the other deadline stands');
});
