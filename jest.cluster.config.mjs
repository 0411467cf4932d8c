import base from "./jest.config.mjs";

/**
 * The suites that deploy the stack to a cluster whose pods run. They run one after another, because they use the same namespaces.
 *
 * @type {import("jest").Config}
 */
export default {
    ...base,
    maxWorkers: 1,
    roots: ["<rootDir>/tests/cluster"],
    testPathIgnorePatterns: [],
    globalSetup: "<rootDir>/tests/cluster/find-cluster.ts",
    globalTeardown: "<rootDir>/tests/cluster/delete-kind.ts",
};
