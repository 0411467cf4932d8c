import { describeWith } from "../helpers/prerequisites";
import { Project } from "../helpers/project";
import { clearText, everySecret, secretValues } from "../helpers/secrets";

jest.setTimeout(600_000);

const namespace = "observability-secrets";

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

    test("appear neither in the state nor in a preview, and not in the output of up", async () => {
        // Without access to the Internet, `up` must not wait for S3.
        project.writeSettings({ namespace, skipAwait: true, ...everySecret });
        const { status, stdout, stderr } = await project.run("up", "--yes", "--no-preflight");
        expect(status).toBe(0);
        const generated = generatedPasswords(await pulumi("stack export --show-secrets"));
        expect(generated.length).toBeGreaterThan(0);
        const values = [...Object.values(secretValues), ...generated];
        const outputs = {
            up: stdout + stderr,
            state: await pulumi("stack export"),
            outputs: await pulumi("stack output --json"),
            preview: await pulumi("preview --diff --refresh=false"),
            previewJson: await pulumi("preview --json --show-sames"),
            log: await pulumi("preview --diff --logflow --logtostderr -v=4"),
        };
        expect(clearText(outputs, values)).toEqual([]);
    });
});

/** The values of all random passwords in a decrypted state. */
function generatedPasswords(state: string): string[] {
    const { deployment } = JSON.parse(state) as {
        deployment: { resources: { type: string; outputs?: { result?: { plaintext: string } } }[] };
    };
    return deployment.resources
        .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
        .map(({ outputs }) => JSON.parse(outputs?.result?.plaintext ?? '""') as string);
}
