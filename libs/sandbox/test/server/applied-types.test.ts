import { schemaOf } from '@kube-steward/kube';
import t from 'tap';
import { appliedTypeOf, configurationFaults } from '../../src/applied-types.ts';
import { typeOf } from '../../src/typed/go-type.ts';

const faultsOf = (podSpec: unknown): string[] => {
  const type = typeOf('apps/v1', 'Deployment');
  if (!type) throw new Error('no type of Deployments');
  const schema = schemaOf({ apiVersion: 'apps/v1', kind: 'Deployment' });
  return configurationFaults({ spec: { template: { spec: podSpec } } }, appliedTypeOf(type), schema);
};
const AT = '.spec.template.spec';

t.test('a configuration of values of the right types has no faults, nor has what is null', (t) => {
  const container = { name: 'a', ports: [{ containerPort: 80 }], resources: { limits: { cpu: 1, memory: '1Gi' } } };
  t.same(faultsOf({ containers: [container], hostNetwork: null, nodeSelector: null }), []);
  t.end();
});

t.test('what is of another type is named, in the words of the server', (t) => {
  const rows: [podSpec: unknown, fault: string][] = [
    ['text', `${AT}: expected map, got &{text}`],
    [{ unheardOf: 1 }, `${AT}.unheardOf: field not declared in schema`],
    [{ containers: { a: 'b' } }, `${AT}.containers: expected list, got &{map[a:b]}`],
    [
      { terminationGracePeriodSeconds: 'x' },
      `${AT}.terminationGracePeriodSeconds: expected numeric (int or float), got string`,
    ],
    [{ hostNetwork: 7 }, `${AT}.hostNetwork: expected boolean, got &{7}`],
    [{ dnsPolicy: [1] }, `${AT}.dnsPolicy: expected string, got &value.valueUnstructured{Value:[]interface {}{1}}`],
    [{ overhead: { cpu: {} } }, `${AT}.overhead.cpu: expected any scalar, got &{map[]}`],
    [{ containers: ['a'] }, `${AT}.containers: element 0: associative list with keys may not have non-map elements`],
    [{ containers: [null] }, `${AT}.containers: element 0: associative list with keys may not have a null element`],
    [{ containers: [{}, {}] }, `${AT}.containers: duplicate entries for key [name=""]`],
    [{ imagePullSecrets: [{ x: 1 }] }, `${AT}.imagePullSecrets[name=""].x: field not declared in schema`],
    [
      { containers: [{ name: 'a', args: [{}] }] },
      `${AT}.containers[name="a"].args[0]: expected string, got &value.valueUnstructured{Value:map[string]interface {}{}}`,
    ],
  ];
  for (const [podSpec, fault] of rows) t.same(faultsOf(podSpec), [fault]);
  t.end();
});
