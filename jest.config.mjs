const swc = [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
];
// These packages are published as ES modules only. Jest's own require cannot load them, Node's can.
const esModules = "(@kubernetes/client-node|openid-client|oauth4webapi|jose)";

/** @type {import("jest").Config} */
export default {
    testEnvironment: "node",
    maxWorkers: "100%",
    // Pulumi's runtime finishes its bookkeeping after a test file has ended.
    testEnvironmentOptions: { globalsCleanup: "off" },
    roots: ["<rootDir>/tests"],
    testMatch: ["**/*.test.ts"],
    testPathIgnorePatterns: ["/tests/(live|cluster|package)/"],
    // The examples import this package by its name.
    moduleNameMapper: {
        "^@mathtrail/observability$": "<rootDir>/exports.ts",
        "^\\./closure/(serializeClosure|codePaths)$": "<rootDir>/tests/helpers/no-closures.ts",
    },
    // A busy machine needs several times the time of a quiet one.
    testTimeout: 60_000,
    transform: { "\\.ts$": swc, [`/node_modules/${esModules}/.*\\.js$`]: swc },
    transformIgnorePatterns: [`/node_modules/(?!${esModules}/)`],
};
