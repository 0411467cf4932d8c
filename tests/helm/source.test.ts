import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { pins } from "../../components/helm/pins";
import { chartSource, describeSource, mirrorMistakes } from "../../components/helm/source";

let folder: string;
const home = process.cwd();
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "charts-"));
});
afterEach(() => {
    process.chdir(home);
    fs.rmSync(folder, { recursive: true });
});

describe("a chart comes from", () => {
    test("its own repository at the pinned version", () => {
        expect(chartSource(pins.loki, undefined)).toEqual({
            chart: "loki",
            version: "18.11.0",
            repositoryOpts: { repo: "https://grafana-community.github.io/helm-charts" },
        });
    });

    test("another repository", () => {
        expect(chartSource(pins.loki, "https://charts.example.com")).toEqual({
            chart: "loki",
            version: "18.11.0",
            repositoryOpts: { repo: "https://charts.example.com" },
        });
    });

    test("an OCI registry", () => {
        expect(chartSource(pins.loki, "oci://registry.example.com/charts/")).toEqual({
            chart: "oci://registry.example.com/charts/loki",
            version: "18.11.0",
        });
    });

    test.each(["ftp://charts.example.com", "https://user:hunter2@charts.example.com"])("nothing else: %s", (mirror) => {
        expect(() => chartSource(pins.loki, mirror)).toThrow(
            'the chart mirror must be a folder of .tgz files, or an "oci://", "https://" or "http://" address without user and password',
        );
    });

    test("a folder, by a path that does not depend on the machine", () => {
        expect(chartSource(pins.loki, "mirror")).toEqual({ chart: "./mirror/loki-18.11.0.tgz" });
        expect(chartSource(pins.loki, path.resolve("mirror"))).toEqual({ chart: "./mirror/loki-18.11.0.tgz" });
    });

    test("this package, whatever the mirror", () => {
        expect(chartSource(pins.mimir, "oci://registry.example.com")).toEqual({ chart: "./charts/mimir" });
    });

    test.each([undefined, "mirror", "oci://registry.example.com/charts", "https://charts.example.com"])(
        "somewhere that can be told again from the inputs: %s",
        (mirror) => {
            for (const pin of Object.values(pins)) {
                expect(describeSource(chartSource(pin, mirror))).toMatchObject({
                    chart: pin.name,
                    version: pin.version,
                });
            }
        },
    );

    test("no folder of its name that happens to be there, which Helm would take for the chart", () => {
        process.chdir(folder);
        fs.mkdirSync("loki");
        expect(() => chartSource(pins.loki, undefined)).toThrow(/the folder .*loki hides the chart "loki"/);
        expect(() => chartSource(pins.loki, "oci://registry.example.com")).not.toThrow();
    });
});

describe("a mirror", () => {
    test("that is missing is named, with the commands that fill it", () => {
        const [mistake, ...others] = mirrorMistakes(path.join(folder, "none"));
        expect(others).toEqual([]);
        expect(mistake).toContain("none does not exist");
        expect(mistake).toContain(
            "helm pull loki --repo https://grafana-community.github.io/helm-charts --version 18.11.0",
        );
    });

    test("that lacks charts is told each of them, and how to get it", () => {
        fs.writeFileSync(path.join(folder, "loki-18.11.0.tgz"), "");
        const mistakes = mirrorMistakes(folder);
        expect(mistakes.map((mistake) => /has no (\S+);/.exec(mistake)?.[1]).sort()).toEqual([
            "alloy-1.11.1.tgz",
            "grafana-12.11.1.tgz",
            "opentelemetry-collector-0.170.0.tgz",
            "pyroscope-2.2.1.tgz",
            "tempo-2.2.4.tgz",
        ]);
    });

    test.each([undefined, "oci://registry.example.com", "https://charts.example.com"])(
        "somewhere else is not looked into: %s",
        (mirror) => {
            expect(mirrorMistakes(mirror)).toEqual([]);
        },
    );
});
