export * from './objects.ts';
export * from './resources.ts';
export * from './client-api.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './request.ts';
export * from './json-stream.ts';
