import { refuses, type Topic } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import { invalid } from '../statuses.ts';
import { R, type World } from '../world.ts';

const NOW = '2026-11-20T10:00:00.000000Z';

const eventOf = (world: World, rest: object = {}): object => ({
  metadata: { name: 'a' },
  eventTime: NOW,
  regarding: { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', namespace: world.namespace },
  reason: 'ScaledDown',
  note: 'to 0',
  type: 'Normal',
  action: 'Scale',
  reportingController: 'example.org/downscaler',
  reportingInstance: 'downscaler-0',
  ...rest,
});

const coreEvent = (namespace: string, rest: object = {}): object => ({
  metadata: { name: 'a' },
  involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', namespace },
  reason: 'ScaledDown',
  message: 'to 0',
  type: 'Normal',
  ...rest,
});

export const EVENTS: Topic = {
  name: 'Events',
  cases: [
    {
      rule: 'an event of the new group is one of the core, under the names of its fields there',
      run: async (world) => {
        await world.given(R.events, eventOf(world));
        expectAnswer(await world.get(R.coreEvents, 'a'), 200, {
          involvedObject: { kind: 'ConfigMap', name: 'web' },
          message: 'to 0',
          reportingComponent: 'example.org/downscaler',
          reportingInstance: 'downscaler-0',
        });
      },
    },
    {
      rule: 'an event of the core is one of the new group, what it no longer has being deprecated there',
      run: async (world) => {
        await world.given(R.coreEvents, coreEvent(world.namespace, { count: 3, source: { component: 'x' } }));
        expectAnswer(await world.get(R.events, 'a'), 200, {
          regarding: { kind: 'ConfigMap', name: 'web' },
          note: 'to 0',
          deprecatedCount: 3,
          deprecatedSource: { component: 'x' },
        });
      },
    },
    {
      rule: 'an event can become a series',
      run: async (world) => {
        await world.given(R.events, eventOf(world));
        const series = { count: 2, lastObservedTime: NOW };
        expectAnswer(await world.patch(R.events, 'a', 'merge', { series }), 200, { series });
      },
    },
    refuses(
      'an event about an object of another namespace is 422',
      (world) => world.create(R.coreEvents, coreEvent('other')),
      invalid('Event', 'a', ['involvedObject.namespace', 'Invalid value: "other": does not match event.namespace']),
    ),
    refuses(
      'an event of the new group without its time is 422',
      (world) => world.create(R.events, eventOf(world, { eventTime: undefined })),
      invalid('Event', 'a', ['eventTime', 'Required value']),
    ),
    refuses(
      'an event of the new group without an action is 422',
      (world) => world.create(R.events, eventOf(world, { action: undefined })),
      invalid('Event', 'a', ['action', 'Required value']),
    ),
    refuses(
      'an event of the new group of another type is 422',
      (world) => world.create(R.events, eventOf(world, { type: 'Loud' })),
      invalid('Event', 'a', ['type', 'Invalid value: "": has invalid value: Loud']),
    ),
    refuses(
      'what an event of the new group says stays',
      async (world) => {
        await world.given(R.events, eventOf(world));
        return world.patch(R.events, 'a', 'merge', { note: 'to 1' });
      },
      invalid('Event', 'a', ['message', 'Invalid value: "to 1": field is immutable']),
    ),
  ],
};
