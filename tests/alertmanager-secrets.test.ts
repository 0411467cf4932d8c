import { type ChildProcess, spawn } from "child_process";
import * as fs from "fs";
import { dump, load } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { alertmanagerConfig } from "../components/mimir/alertmanager";
import { type ReceiverArgs, ReceiverKind } from "../components/mimir/args";

const missingUrl = "http://secret-is-missing.invalid/";

describe("the container that inserts the Secrets of receivers", () => {
    let folder: string;
    let container: ChildProcess | undefined;
    const output: string[] = [];
    const inFolder = (...names: string[]) => path.join(folder, ...names);
    const secret = (name: string, text: string) => {
        fs.mkdirSync(path.dirname(inFolder("secrets", name)), { recursive: true });
        fs.writeFileSync(inFolder("secrets", name), text);
    };

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "alertmanager-secrets-"));
        fs.mkdirSync(inFolder("secrets"));
        fs.mkdirSync(inFolder("bin"));
        // Instead of 30 s.
        fs.writeFileSync(inFolder("bin", "sleep"), "#!/bin/sh\nexec /bin/sleep 0.1\n", { mode: 0o755 });
        output.length = 0;
    });

    afterEach(() => {
        try {
            process.kill(-(container?.pid as number), "SIGKILL");
        } catch {
            // All processes of the group have ended.
        }
        fs.rmSync(folder, { recursive: true });
    });

    /** Starts the container with a configuration, in which the paths of Secrets are those of this test. */
    function start(config: object): void {
        const text = dump(config, { lineWidth: -1 }).replaceAll("/etc/alertmanager-secrets", inFolder("secrets"));
        fs.writeFileSync(inFolder("template.yaml"), text);
        const script = fs.readFileSync("charts/mimir/files/insert-secrets.sh", "utf8");
        const args = ["insert-secrets", inFolder("template.yaml"), inFolder("secrets"), inFolder("acme.yaml")];
        container = spawn("sh", ["-c", script, ...args], {
            env: { PATH: `${inFolder("bin")}:${process.env["PATH"]}` },
            // A process group of its own, so that its "sleep" can be killed with it.
            detached: true,
        });
        container.stdout?.on("data", (data: Buffer) => output.push(data.toString()));
        container.stderr?.on("data", (data: Buffer) => output.push(data.toString()));
    }

    /** Waits until the written configuration fulfils a condition, and the container has said that it was written. */
    async function written(condition: (receivers: Record<string, any>) => boolean = () => true) {
        for (let attempt = 0; attempt < 100; attempt++) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            const file = inFolder("acme.yaml");
            const config = (fs.existsSync(file) ? load(fs.readFileSync(file, "utf8")) : undefined) as
                { receivers: { name: string }[] } | undefined;
            const receivers = Object.fromEntries(config?.receivers.map((receiver) => [receiver.name, receiver]) ?? []);
            if (config && output.length > 0 && condition(receivers)) {
                return receivers as Record<string, any>;
            }
        }
        throw new Error(`the configuration was not written: ${output.join("")}`);
    }

    const receivers: ReceiverArgs[] = [
        { name: "hook", kind: ReceiverKind.Webhook, existingSecret: "hook" },
        { name: "chat", kind: ReceiverKind.Slack, existingSecret: "slack", channel: "#alerts" },
        { name: "pager", kind: ReceiverKind.PagerDuty, existingSecret: "pager" },
        { name: "oncall", kind: ReceiverKind.OnCall, existingSecret: "oncall", secretKey: "address" },
        {
            name: "mail",
            kind: ReceiverKind.Email,
            to: "a@example.com",
            from: "b@example.com",
            smarthost: "mail.example.com:587",
            username: "b",
            existingSecret: "mail",
        },
    ];

    test("inserts each of them, and changes nothing else", async () => {
        secret("hook/url", "https://example.com/hook?token=a%20b\r\n");
        secret("slack/url", "  https://hooks.example.com/services/T/B/c\n\n");
        secret("pager/routing-key", "0123456789");
        secret("oncall/address", "http://user:p%40ss@[::1]:8080/alertmanager/#x");
        secret("mail/password", 'quote " backslash \\ tab\tend # {{ x }}\nsecond: line\n');
        start(alertmanagerConfig({ receivers }));
        const found = await written();
        const config = load(fs.readFileSync(inFolder("acme.yaml"), "utf8"));
        const expected = alertmanagerConfig({ receivers });
        const replaced = expected["receivers"] as Record<string, any>[];
        for (const [index, kind, key, value] of [
            [1, "webhook_configs", "url", "https://example.com/hook?token=a%20b"],
            [2, "slack_configs", "api_url", "https://hooks.example.com/services/T/B/c"],
            [3, "pagerduty_configs", "routing_key", "0123456789"],
            [4, "webhook_configs", "url", "http://user:p%40ss@[::1]:8080/alertmanager/#x"],
            [5, "email_configs", "auth_password", 'quote " backslash \\ tab\tend # {{ x }}\nsecond: line'],
        ] as const) {
            const integration = replaced[index]?.[kind][0] as Record<string, string>;
            delete integration[`${key}_file`];
            integration[key] = value;
        }
        expect(config).toEqual(expected);
        expect(Object.keys(found)).toEqual(["none", "hook", "chat", "pager", "oncall", "mail"]);
        expect(output.join("")).toBe("The configuration was written. \n");
        expect(fs.readdirSync(folder).filter((file) => file.endsWith(".yaml"))).toEqual(["acme.yaml", "template.yaml"]);
    });

    test("writes a valid configuration without a missing or empty Secret, and names its file", async () => {
        secret("slack/url", "https://hooks.example.com/");
        secret("pager/routing-key", " \n");
        start(alertmanagerConfig({ receivers }));
        const found = await written();
        expect(found["chat"].slack_configs[0].api_url).toBe("https://hooks.example.com/");
        expect(found["hook"].webhook_configs[0].url).toBe(missingUrl);
        expect(found["pager"].pagerduty_configs[0].routing_key).toBe("secret-is-missing");
        expect(found["mail"].email_configs[0].auth_password).toBe("secret-is-missing");
        const problem = (file: string) =>
            `${inFolder("secrets", file)} is missing or empty; its receiver sends no notifications.`;
        for (const file of ["hook/url", "pager/routing-key", "oncall/address", "mail/password"]) {
            expect(output.join("")).toContain(problem(file));
        }
        expect(output.join("")).not.toContain("slack/url");
    });

    test.each([
        "hello",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://exa mple.com/",
        "https://example.com:port/",
        "https://example.com/%zz",
        "https://example.com/%",
        "https://[::1/",
        "https://{host}/x",
        "https://a|b/",
        "https://%41.com/",
        'https://us"er:p@host/',
    ])("replaces %s, because Mimir refuses a configuration with such a URL", async (url) => {
        secret("hook/url", url);
        start(alertmanagerConfig({ receivers: receivers.slice(0, 1) }));
        expect((await written())["hook"].webhook_configs[0].url).toBe(missingUrl);
        expect(output.join("")).toContain("hook/url is not an http or https URL; its receiver sends no notifications.");
    });

    test("inserts a changed Secret, and says nothing if nothing has changed", async () => {
        secret("hook/url", "https://old.example.com/");
        start(alertmanagerConfig({ receivers: receivers.slice(0, 1) }));
        await written(({ hook }) => hook.webhook_configs[0].url === "https://old.example.com/");
        secret("hook/url", "https://new.example.com/");
        await written(({ hook }) => hook.webhook_configs[0].url === "https://new.example.com/");
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(output.join("")).toBe("The configuration was written. \n".repeat(2));
    });

    test.each([
        ["a byte order mark", "\ufeffkey"],
        ["UTF-16", "k\0e\0y\0"],
        ["a control character", "k\u0001ey"],
        ["a letter outside of ASCII", "schlüssel"],
    ])("replaces a routing key with %s, because the configuration would be invalid", async (_, key) => {
        secret("pager/routing-key", key);
        start(alertmanagerConfig({ receivers: receivers.slice(2, 3) }));
        expect((await written())["pager"].pagerduty_configs[0].routing_key).toBe("secret-is-missing");
        expect(output.join("")).toContain("pager/routing-key contains a character that is not printable ASCII; its");
    });

    test("names each new problem, also if it does not change the configuration", async () => {
        start(alertmanagerConfig({ receivers: receivers.slice(0, 1) }));
        await written();
        secret("hook/url", "hello");
        for (let attempt = 0; attempt < 100 && !output.join("").includes("is not an http"); attempt++) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(output.join("").match(/is missing or empty|is not an http or https URL/g)).toEqual([
            "is missing or empty",
            "is not an http or https URL",
        ]);
    });

    test("ends at once when the pod ends", async () => {
        // Until the process group is killed.
        fs.writeFileSync(inFolder("bin", "sleep"), "#!/bin/sh\nexec /bin/sleep 600\n", { mode: 0o755 });
        start(alertmanagerConfig({}));
        await written();
        const ended = new Promise<number | null>((resolve) => container?.once("exit", resolve));
        container?.kill("SIGTERM");
        expect(await ended).toBe(0);
    });
});
