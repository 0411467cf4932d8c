/** @type {import("jest").Config} */
module.exports = {
    testEnvironment: "node",
    // Pulumi's runtime finishes its bookkeeping after a test file has ended.
    testEnvironmentOptions: { globalsCleanup: "off" },
    roots: ["<rootDir>/tests"],
    testMatch: ["**/*.test.ts"],
    transform: {
        "\\.ts$": [
            "@swc/jest",
            { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
        ],
    },
};
