/**
 * How a store runs. `monolithic`: each replica runs all parts of the store in one process. `distributed`: each part has its own pods, so that the parts
 * can be scaled one by one.
 */
export const StoreMode = { Monolithic: "monolithic", Distributed: "distributed" } as const;
export type StoreMode = (typeof StoreMode)[keyof typeof StoreMode];
