import base from "./jest.config.mjs";

/**
 * The suites that use the packed package, also from programs in other languages, with a real Pulumi. They run one after another.
 *
 * @type {import("jest").Config}
 */
export default {
    ...base,
    maxWorkers: 1,
    roots: ["<rootDir>/tests/package"],
    testPathIgnorePatterns: [],
};
