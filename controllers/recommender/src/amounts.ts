/** What is requested: CPU or memory. */
export const RESOURCES = ['cpu', 'memory'] as const;
export type Resource = (typeof RESOURCES)[number];

/** An amount of each resource: CPU in millicores, memory in bytes, whole numbers. */
export type Amounts = Readonly<Record<Resource, number>>;

/** For each resource what a function gives. */
export const perResource = <T>(of: (resource: Resource) => T): Readonly<Record<Resource, T>> => ({
  cpu: of('cpu'),
  memory: of('memory'),
});

/** The most that the VPA computes with, in millicores or bytes. */
export const MOST = 1e14;

/** As the VPA makes an amount from a fraction: cut, never rounded, and within bounds. What is not a number is nothing. */
export const truncated = (amount: number): number => (amount > 0 ? Math.trunc(Math.min(amount, MOST)) : 0);

/** `amount × factor`, cut. */
export const scaled = (amount: number, factor: number): number => truncated(amount * factor);

const UNITS_OF: Readonly<Record<Resource, number>> = { cpu: 1000, memory: 1 };

/** Of what a histogram holds (cores, bytes) an amount. */
export const amountOf = (resource: Resource, value: number): number => truncated(value * UNITS_OF[resource]);

/** Of an amount what a histogram holds: cores, bytes. */
export const valueOf = (resource: Resource, amount: number): number => amount / UNITS_OF[resource];
