import { once } from "events";
import * as fs from "fs";
import * as http from "http";
import type { AddressInfo } from "net";
import * as os from "os";
import * as path from "path";
import { unusableMirror } from "../components/helm/mirror";
import { clearTextWarnings } from "../settings/clear-text";
import { kubeContextMistake } from "../settings/kube-context";
import { SettingsError } from "../settings/error";
import { resolveSettings } from "../settings/resolve";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-file-"));
const start = process.cwd();
afterEach(() => process.chdir(start));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function settingsError(raw: object): SettingsError {
    try {
        resolveSettings(raw, "observability:");
    } catch (error) {
        return error as SettingsError;
    }
    throw new Error("the settings are valid");
}

describe("an unknown key", () => {
    test.each([
        [{ retension: {} }, "observability:retension is unknown. Did you mean retention?"],
        [{ replcas: {} }, "observability:replcas is unknown. Did you mean replicas?"],
        [{ kubecontext: "x" }, "observability:kubecontext is unknown. Did you mean kubeContext?"],
        [{ storage: { size: {} } }, "observability:storage.size is unknown. Did you mean storage.sizes?"],
        [
            { alerting: { receivers: [{ name: "a", kind: "webhook", urll: "https://a.example" }] } },
            "observability:alerting.receivers[0].urll is unknown. Did you mean alerting.receivers[0].url?",
        ],
    ])("%j is reported with the nearest setting only", (raw, expected) => {
        const { mistakes, message } = settingsError(raw);
        expect(mistakes[0]).toBe(expected);
        expect(message).not.toContain("The allowed keys are");
    });

    test("is followed by all allowed keys in the verbose message", () => {
        const { verboseMessage } = settingsError({ retention: { log: "2d" } });
        expect(verboseMessage).toContain(
            "retention.log is unknown. Did you mean retention.logs? The allowed keys are logs, traces, metrics, profiles.",
        );
    });
});

describe("the namespace of the stack", () => {
    const namespaces = ["kube-system", "kube-public", "kube-node-lease", "default"];
    const words = ["123", "0", "1e5", "0x1f", "0o17", "2026-01-31", "true", "no", "y", "null"];
    test.each([...namespaces, ...words])("must not be %s", (namespace) => {
        const allowed = namespaces.includes(namespace)
            ? "a namespace that does not belong to Kubernetes"
            : "a name that YAML does not read as";
        expect(settingsError({ namespace }).mistakes).toEqual([
            expect.stringContaining(`observability:namespace is "${namespace}"; it must be ${allowed}`),
        ]);
    });

    test.each(["monitoring", "obs-1", "1a", "kube-system-obs", "default-obs", "e1", "n1"])("may be %s", (namespace) => {
        expect(resolveSettings({ namespace }).namespace).toBe(namespace);
    });

    test("may differ from the namespaces of Dapr applications, which can be any", () => {
        const dapr = { enabled: true, namespaces: ["default"] };
        expect(resolveSettings({ dapr }).dapr.namespaces).toEqual(["default"]);
    });
});

test("the name of a Secret must not be a number, because charts write it without quotes", () => {
    expect(settingsError({ grafana: { existingSecret: "123" } }).mistakes).toEqual([
        'observability:grafana.existingSecret is "123"; it must be a name that YAML does not read as a number.',
    ]);
});

describe("a password in a stack file", () => {
    const write = (config: object) => {
        process.chdir(folder);
        fs.writeFileSync("Pulumi.test.yaml", JSON.stringify({ config }));
    };

    test("in clear text causes a warning with the command that encrypts it", () => {
        write({
            "shop:grafana": { adminPassword: "hunter2" },
            "shop:objectStore": { accessKeyId: { secure: "v1:abc" }, secretAccessKey: "hunter3" },
        });
        const command = "pulumi config set --stack test --secret --path";
        expect(clearTextWarnings("shop", "test")).toEqual([
            `grafana.adminPassword is in clear text in Pulumi.test.yaml; run "${command} 'shop:grafana.adminPassword'" to encrypt it`,
            `objectStore.secretAccessKey is in clear text in Pulumi.test.yaml; run "${command} 'shop:objectStore.secretAccessKey'" to encrypt it`,
        ]);
    });

    test("causes no warning if it is encrypted, or if there is none", () => {
        write({ "shop:grafana": { adminPassword: { secure: "v1:abc" } }, "other:grafana": { adminPassword: "x" } });
        expect(clearTextWarnings("shop", "test")).toEqual([]);
        expect(clearTextWarnings("shop", "no-file")).toEqual([]);
    });
});

describe("the context", () => {
    const file = path.join(folder, "kubeconfig");
    fs.writeFileSync(file, "contexts: [{name: kind-dev}, {name: prod-eu}]");

    test("is accepted if one of the kubeconfig files has it", () => {
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: file })).toBeUndefined();
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: `/missing${path.delimiter}${file}` })).toBeUndefined();
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: "contexts:\n- name: prod-eu\n" })).toBeUndefined();
    });

    test("is refused with the existing contexts otherwise", () => {
        expect(kubeContextMistake("prod-us", { KUBECONFIG: file })).toBe(
            `kubeContext is "prod-us", which is not a context of the kubeconfig (${file}); its contexts are kind-dev, prod-eu`,
        );
    });

    test("is refused if there is no kubeconfig", () => {
        expect(kubeContextMistake("prod-us", { KUBECONFIG: "/missing" })).toBe(
            'kubeContext is "prod-us", but there is no kubeconfig: /missing does not exist',
        );
    });
});

describe("a chart mirror", () => {
    let status = 200;
    const server = http.createServer((_, response) => response.writeHead(status).end());
    let url = "";
    beforeAll(async () => {
        await once(server.listen(0, "127.0.0.1"), "listening");
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    test("that responds is accepted, with or without a login", async () => {
        for (status of [200, 401, 403]) {
            expect(await unusableMirror(url, {})).toEqual([]);
        }
    });

    test("without an index is refused", async () => {
        status = 404;
        expect(await unusableMirror(`${url}/charts/`, {})).toEqual([
            `the chart mirror ${url}/charts/ is not a Helm repository: it has no index.yaml`,
        ]);
    });

    test.each(["http", "oci"])("that does not respond is refused: %s", async (scheme) => {
        const closed = http.createServer().listen(0, "127.0.0.1");
        await once(closed, "listening");
        const mirror = `${scheme}://127.0.0.1:${(closed.address() as AddressInfo).port}/charts`;
        closed.close();
        expect(await unusableMirror(mirror, {})).toEqual([
            `the chart mirror ${mirror} does not respond (ECONNREFUSED)`,
        ]);
    });

    test("is not asked if a proxy is configured", async () => {
        expect(await unusableMirror("http://127.0.0.1:1", { HTTPS_PROXY: "http://proxy.example:3128" })).toEqual([]);
    });

    test("that is a folder must contain every chart", async () => {
        const mistakes = await unusableMirror(folder, {});
        expect(mistakes).toContainEqual(expect.stringContaining("loki-"));
    });
});
