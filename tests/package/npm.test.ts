import * as fs from "fs";
import * as path from "path";
import { chartMirror, describeWith } from "../helpers/prerequisites";
import { preview, run, testFolder } from "./pulumi";

jest.setTimeout(900_000);

const folder = testFolder();

describeWith({ programs: ["npm", "pulumi", "pulumi-language-nodejs"], mirror: true, cluster: true }, "npm", () => {
    test("previews Loki in a project with the packed package", () => {
        const cwd = path.join(folder(), "one-component");
        fs.cpSync("examples/one-component", cwd, { recursive: true });
        const packed = run(process.cwd(), "npm", "pack", "--offline", "--pack-destination", cwd);
        const modules = path.join(cwd, "node_modules");
        const target = path.join(modules, "@mathtrail/observability");
        fs.mkdirSync(target, { recursive: true });
        run(target, "tar", "-xzf", path.join(cwd, packed.trim().split("\n").at(-1) ?? ""), "--strip-components=1");
        // The dependencies, without a download.
        const installed = fs.readdirSync("node_modules").filter((name) => name !== "@mathtrail");
        installed.forEach((name) => fs.symlinkSync(path.resolve("node_modules", name), path.join(modules, name)));
        const program = path.join(cwd, "index.ts");
        const mirror = JSON.stringify(path.resolve(chartMirror ?? ""));
        const source = fs.readFileSync(program, "utf8");
        fs.writeFileSync(program, source.replace(/\{ (namespace: "logs")/g, `{ chartMirror: ${mirror}, $1`));
        const output = preview(cwd);
        expect(output).toContain("observability:index:Loki loki create");
        expect(output).toContain("kubernetes:apps/v1:StatefulSet loki-chart:logs/loki create");
        expect(output).toContain('lokiUrl: "http://loki.logs.svc.cluster.local:3100"');
    });
});
