import { type ChildProcess, spawn } from "child_process";
import { createInterface } from "readline";
import * as grpc from "@grpc/grpc-js";
import { PolicyRule, policyRules } from "../../validation/policy";

// Pulumi's type definitions do not contain these modules.
/* eslint-disable @typescript-eslint/no-require-imports */
const messages = require("@pulumi/pulumi/proto/analyzer_pb");
const services = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
/* eslint-enable @typescript-eslint/no-require-imports */

/** The pack in a process of its own, as Pulumi starts it. */
describe("the policy pack, started as Pulumi starts it", () => {
    let pack: ChildProcess;
    let client: any;
    beforeAll(async () => {
        const config = { "observability:profile": "prod", "observability:images": '{"registry":"r.example.com"}' };
        pack = spawn(
            process.execPath,
            [require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:0", process.cwd() + "/policy"],
            {
                cwd: "policy",
                env: {
                    ...process.env,
                    PULUMI_NODEJS_PROJECT: "observability",
                    PULUMI_NODEJS_STACK: "prod",
                    PULUMI_CONFIG: JSON.stringify(config),
                },
                stdio: ["ignore", "pipe", "inherit"],
            },
        );
        const [port] = await new Promise<string[]>((resolve, reject) => {
            createInterface({ input: pack.stdout as NodeJS.ReadableStream }).on("line", (line) => resolve([line]));
            pack.on("exit", (code) => reject(new Error(`the pack ended with exit code ${code}`)));
        });
        client = new services.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    });
    afterAll(() => {
        client?.close();
        pack?.kill();
    });

    const call = (method: string, request: object) =>
        new Promise<any>((resolve, reject) =>
            client[method](request, (error: Error | null, response: any) =>
                error ? reject(error) : resolve(response),
            ),
        );

    const statefulSet = (image: string) => ({
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "loki", namespace: "monitoring" },
        spec: {
            replicas: 1,
            template: {
                metadata: { labels: { app: "loki" } },
                spec: {
                    securityContext: { runAsNonRoot: true },
                    containers: [
                        {
                            name: "loki",
                            image,
                            resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
                        },
                    ],
                },
            },
        },
    });
    const urn = "urn:pulumi:prod::observability::kubernetes:apps/v1:StatefulSet::loki";

    function fill<T>(
        request: T & Record<string, any>,
        object: object,
        protect: boolean,
        kind = "apps/v1:StatefulSet",
    ): T {
        const options = new messages.AnalyzerResourceOptions();
        options.setProtect(protect);
        request["setType"](`kubernetes:${kind}`);
        request["setUrn"](urn);
        request["setName"]("loki");
        request["setProperties"](Struct.fromJavaScript(object));
        request["setOptions"](options);
        return request;
    }

    const violated = (response: any): [string, string][] =>
        response.getDiagnosticsList().map((found: any) => [found.getPolicyname(), found.getMessage()]);

    test("has all rules that Pulumi can check, and blocks a deployment", async () => {
        const info = await call("getAnalyzerInfo", new Empty());
        const found = info.getPoliciesList().map((policy: any) => [policy.getName(), policy.getEnforcementlevel()]);
        const mandatory = messages.AnalyzeDiagnostic?.EnforcementLevel?.MANDATORY ?? 1;
        const checked: string[] = policyRules.filter((rule: PolicyRule) => rule !== "keep-data");
        expect(found).toEqual([...[...checked, "exemptions"].map((name) => [name, mandatory]), ["exempted", 0]]);
    });

    test("checks an object before it is created, with the settings of the stack", async () => {
        const analyze = async (image: string, protect: boolean) =>
            violated(await call("analyze", fill(new messages.AnalyzeRequest(), statefulSet(image), protect)));
        expect(await analyze("r.example.com/grafana/loki:3.7.3", true)).toEqual([]);
        const found = await analyze("docker.io/grafana/loki:latest", false);
        expect(found.map(([rule]) => rule)).toEqual(["image-tag", "image-registry", "protected-data"]);
        expect(found[1]?.[1]).toContain(
            'StatefulSet monitoring/loki: container "loki" has the image docker.io/grafana/loki:latest, which is not in an allowed registry (r.example.com).',
        );
    });

    test("accepts and lists the claim of Prometheus without protection, and refuses any other claim", async () => {
        const analyze = async (name: string) => {
            const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name }, spec: {} };
            const request = fill(new messages.AnalyzeRequest(), claim, false, "core/v1:PersistentVolumeClaim");
            return violated(await call("analyze", request)).map(([rule]) => rule);
        };
        expect(await analyze("prometheus")).toEqual(["exempted"]);
        expect(await analyze("lgtm-grafana")).toEqual(["protected-data"]);
    });

    test("accepts a cache without protection, and refuses a store", async () => {
        const analyze = async (name: string) => {
            const object = { ...statefulSet("r.example.com/grafana/loki:3.7.3"), metadata: { name } };
            return violated(await call("analyze", fill(new messages.AnalyzeRequest(), object, false)))
                .map(([rule]) => rule)
                .filter((rule) => rule === "protected-data");
        };
        expect(await analyze("loki-chunks-cache")).toEqual([]);
        expect(await analyze("mimir-index-cache")).toEqual([]);
        expect(await analyze("tempo-memcached")).toEqual([]);
        expect(await analyze("loki-ingester")).toEqual(["protected-data"]);
    });

    test("checks all objects of the stack at the end", async () => {
        const request = new messages.AnalyzeStackRequest();
        const object = statefulSet("r.example.com/grafana/loki:3.7.3");
        request.setResourcesList([fill(new messages.AnalyzerResource(), object, true)]);
        const response = await call("analyzeStack", request);
        expect(violated(response).map(([rule]) => rule)).toEqual(["network-policy", "contract-services"]);
        expect(response.getDiagnosticsList()[0].getUrn()).toBe(urn);
    });
});
