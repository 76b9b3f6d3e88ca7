import { notRegistered } from '../body-type.ts';
import type { DeleteOptions } from '../cluster.ts';
import { badRequest, invalid, invalidField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { parseJson } from './body.ts';
import type { Exchange } from './exchange.ts';
import { dryRunErrors, integer, isDryRun } from './parameters.ts';
import { isTrue } from './target.ts';

type Policy = NonNullable<DeleteOptions['propagationPolicy']>;

/** The options of a delete, from its body; from the query if it has none. */
export const deleteOptions = (exchange: Exchange): DeleteOptions => {
  const given = exchange.body.trim() === '' ? optionsInQuery(exchange.query) : optionsInBody(exchange);
  const { orphanDependents: orphan, propagationPolicy: policy } = given;
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'].map(String) : [];
  const both = 'orphanDependents and deletionPropagation cannot be both set';
  const errors = [
    ...(policy !== undefined && orphan !== undefined ? [invalidField('propagationPolicy', policy, both)] : []),
    ...dryRunErrors(dryRun),
  ];
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return {
    ...deleteOptionsOf(given),
    ...(orphan === undefined ? {} : { propagationPolicy: orphan === true ? 'Orphan' : 'Background' }),
    ...(isDryRun(dryRun) ? { dryRun: true } : {}),
    user: exchange.caller.user,
  };
};

const optionsInBody = ({ body }: Exchange): Readonly<Record<string, unknown>> => {
  const options = parseJson(body, (fault) => `couldn't get version/kind; json parse error: ${fault}`);
  const { apiVersion = 'v1', kind = 'DeleteOptions', gracePeriodSeconds: grace } = options;
  if (kind !== 'DeleteOptions') throw badRequest(notRegistered(String(apiVersion), String(kind)));
  if (grace !== undefined && grace !== null && !Number.isInteger(grace)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof grace} into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    );
  }
  return options;
};

const optionsInQuery = (query: URLSearchParams): Readonly<Record<string, unknown>> => {
  const policy = query.get('propagationPolicy');
  const grace = integer(query, 'gracePeriodSeconds');
  return {
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(query.has('orphanDependents') ? { orphanDependents: isTrue(query.get('orphanDependents')) } : {}),
    dryRun: query.getAll('dryRun'),
  };
};

/** DeleteOptions as a JSON object has them. */
export const deleteOptionsOf = (value: unknown): DeleteOptions => {
  const { propagationPolicy, preconditions, gracePeriodSeconds } = asRecord(value);
  return {
    ...(typeof propagationPolicy === 'string' ? { propagationPolicy: propagationPolicy as Policy } : {}),
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(preconditions ? { preconditions: asRecord(preconditions) } : {}),
  };
};
