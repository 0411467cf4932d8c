import base from "./jest.config.mjs";

/**
 * The suites that run the real programs, or a real Pulumi, on this machine. They run one after another: each of them uses every core.
 *
 * @type {import("jest").Config}
 */
export default {
    ...base,
    maxWorkers: 1,
    roots: ["<rootDir>/tests/live"],
    testPathIgnorePatterns: [],
};
