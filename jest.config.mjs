import { spawnSync } from "child_process";

// Stacks that run live take every core; two at a time would be in each other's way. All need the object store.
const runsLive = spawnSync("minio", ["--version"], { stdio: "ignore" }).error === undefined;

const swc = [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
];
// Published as ES modules only, which jest's own require cannot load; Node's can.
const esModules = "(@kubernetes/client-node|openid-client|oauth4webapi|jose)";

/** @type {import("jest").Config} */
export default {
    testEnvironment: "node",
    maxWorkers: runsLive ? 1 : "100%",
    // Pulumi's runtime finishes its bookkeeping after a test file has ended.
    testEnvironmentOptions: { globalsCleanup: "off" },
    roots: ["<rootDir>/tests"],
    testMatch: ["**/*.test.ts"],
    transform: { "\\.ts$": swc, [`/node_modules/${esModules}/.*\\.js$`]: swc },
    transformIgnorePatterns: [`/node_modules/(?!${esModules}/)`],
};
