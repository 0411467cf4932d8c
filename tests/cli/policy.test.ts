import * as fs from "fs";
import * as path from "path";
import { projectFolder, runCommand } from "../helpers/command";
import { chartMirror, describeWith } from "../helpers/prerequisites";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const policy = (args: string[], config: object = {}) => runCommand(folder, "policy", args, config);

const deployment = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: monitoring }
spec:
  template:
    spec:
      securityContext: { runAsNonRoot: true }
      containers:
        - name: app
          image: ${image}
          resources: { requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }
`;

test("manifests that follow all rules pass", async () => {
    fs.mkdirSync(path.join(folder, "out", "monitoring"), { recursive: true });
    fs.writeFileSync(
        path.join(folder, "out", "monitoring", "a.yaml"),
        `# A comment\n---\n${deployment("docker.io/a/b:1.2")}`,
    );
    expect(await policy(["out"])).toEqual({
        status: 0,
        stdout: "out: 1 objects, 0 violations, 0 exemptions\n",
        stderr: "",
    });
});

test("manifests with a violation fail with the rule, the object and the correction", async () => {
    fs.writeFileSync(path.join(folder, "a.yaml"), deployment("docker.io/a/b:latest"));
    const { status, stdout } = await policy(["a.yaml"]);
    expect(status).toBe(1);
    expect(stdout).toBe(
        'a.yaml: 1 objects, 1 violation, 0 exemptions\n  image-tag: Deployment monitoring/app: container "app" has the image docker.io/a/b:latest with the tag "latest", which does not name an exact version. Set the tag of a version, such as 3.5.1, or a digest.\n',
    );
});

test("manifests are compared with the settings of a stack", async () => {
    fs.writeFileSync(path.join(folder, "a.yaml"), deployment("docker.io/a/b:latest"));
    const config = {
        "observability:images": { registry: "r.example.com" },
        "observability:policy": {
            exemptions: [{ rule: "image-tag", object: "Deployment/app", reason: "A test." }],
        },
    };
    const { status, stdout } = await policy(["a.yaml", "--stack", "test", "--json"], config);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
        {
            target: "a.yaml",
            violations: [{ rule: "image-registry", object: "Deployment monitoring/app" }],
            exempted: [{ rule: "image-tag", object: "Deployment monitoring/app", reason: "A test." }],
        },
    ]);
});

test("a preview that replaces a StatefulSet fails", async () => {
    const step = {
        op: "replace",
        urn: "urn:pulumi:prod::observability::kubernetes:apps/v1:StatefulSet::loki:monitoring/loki",
        oldState: { inputs: { metadata: { name: "loki", namespace: "monitoring" } } },
        replaceReasons: ["spec.serviceName"],
    };
    fs.writeFileSync(path.join(folder, "preview.json"), JSON.stringify({ steps: [step], changeSummary: {} }));
    const { status, stdout } = await policy(["--preview", "preview.json"]);
    expect(status).toBe(1);
    expect(stdout).toBe(
        "Preview: 1 steps, 1 violation, 0 exemptions\n  keep-data: StatefulSet monitoring/loki: this deployment replaces it, because spec.serviceName cannot change in place. Undo the change, or follow the plan of `npm run migrate` that moves its data.\n",
    );
});

describe("what cannot be checked", () => {
    test.each([
        [[], "name a stack, or files or folders with manifests, or a preview with --preview"],
        [["missing"], '"missing" is neither a stack nor a file or folder with manifests; the stacks are test'],
        [["empty"], "the folder empty contains no .yaml files"],
        [["broken.yaml"], "broken.yaml does not contain Kubernetes objects: "],
        [
            ["values.yaml"],
            "values.yaml does not contain Kubernetes objects: it contains a document without kind and metadata.name",
        ],
    ])("%j is refused with exit code 2", async (args, message) => {
        fs.mkdirSync(path.join(folder, "empty"));
        fs.writeFileSync(path.join(folder, "broken.yaml"), "a: [");
        fs.writeFileSync(path.join(folder, "values.yaml"), "a: b");
        const { status, stderr } = await policy(args);
        expect(status).toBe(2);
        expect(stderr).toContain(message);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "a stack", () => {
    test("is checked with its settings", async () => {
        const { status, stdout, stderr } = await policy(["test", "--mirror", path.resolve(chartMirror ?? "")]);
        expect([status, stderr]).toEqual([0, ""]);
        expect(stdout).toMatch(
            /^Stack test: \d\d objects, 0 violations, 1 exemption\n {2}exempt from non-root: DaemonSet/,
        );
    });
});
