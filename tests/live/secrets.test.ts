import * as fs from "fs";
import * as path from "path";
import { describeWith } from "../helpers/prerequisites";
import { Project } from "../helpers/project";
import { clearText, everySecret, secretValues } from "../helpers/secrets";

jest.setTimeout(900_000);

const namespace = "observability-secrets";
const given = Object.values(secretValues);

// Uses the real Pulumi CLI and a real API server. Pods do not have to run, because the stack sets skipAwait.
describeWith({ programs: ["pulumi"], mirror: true, cluster: true }, "secrets, live", () => {
    const project = Project.create();
    afterAll(async () => {
        await project.run("down", "--yes");
        project.remove();
    });
    const pulumi = async (args: string) => {
        const { status, stdout, stderr } = await project.pulumi(args);
        expect([args, status, status === 0 ? "" : stderr]).toEqual([args, 0, ""]);
        return stdout + stderr;
    };

    test("appear neither in the stack file, the state and a preview, nor in the output of up", async () => {
        project.writeSettings({ namespace, skipAwait: true, ...everySecret });
        fs.mkdirSync(path.join(project.folder, ".pulumi"));
        fs.writeFileSync(path.join(project.folder, ".pulumi", "passphrase"), "test");
        await pulumi("stack init");
        for (const [key, value] of leaves(everySecret, "observability:")) {
            if (given.includes(value)) {
                await pulumi(`config set --secret --path '${key}' '${value}'`);
            }
        }
        // Without access to the Internet, `up` must not wait for S3.
        const { status, stdout, stderr } = await project.run("up", "--yes", "--no-preflight");
        expect([status, stderr]).toEqual([0, expect.anything()]);
        const generated = generatedPasswords(await pulumi("stack export --show-secrets"));
        expect(generated.length).toBeGreaterThan(0);
        const outputs = {
            file: fs.readFileSync(path.join(project.folder, "Pulumi.test.yaml"), "utf8"),
            up: stdout + stderr,
            state: await pulumi("stack export"),
            outputs: await pulumi("stack output --json"),
            preview: await pulumi("preview --diff --refresh=false"),
            previewJson: await pulumi("preview --json --show-sames"),
        };
        expect(clearText(outputs, [...given, ...generated])).toEqual([]);
    });
});

/** The strings of a nested object, with their paths. */
function leaves(value: unknown, key: string): [string, string][] {
    if (typeof value === "string") {
        return [[key, value]];
    }
    return Object.entries(value ?? {}).flatMap(([name, part]) =>
        leaves(part, key.endsWith(":") ? `${key}${name}` : `${key}.${name}`),
    );
}

/** The values of all random passwords in a decrypted state. */
function generatedPasswords(state: string): string[] {
    const { deployment } = JSON.parse(state) as {
        deployment: { resources: { type: string; outputs?: { result?: { plaintext: string } } }[] };
    };
    return deployment.resources
        .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
        .map(({ outputs }) => JSON.parse(outputs?.result?.plaintext ?? '""') as string);
}
