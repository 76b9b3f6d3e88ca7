export * from './objects.ts';
export * from './resources.ts';
