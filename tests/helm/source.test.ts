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

describe("the location of a chart", () => {
    test("is its repository and the pinned version by default", () => {
        expect(chartSource(pins.loki, undefined)).toEqual({
            chart: "loki",
            version: "18.11.0",
            repositoryOpts: { repo: "https://grafana-community.github.io/helm-charts" },
        });
    });

    test("can be another repository", () => {
        expect(chartSource(pins.loki, "https://charts.example.com")).toEqual({
            chart: "loki",
            version: "18.11.0",
            repositoryOpts: { repo: "https://charts.example.com" },
        });
    });

    test("can be an OCI registry", () => {
        expect(chartSource(pins.loki, "oci://registry.example.com/charts/")).toEqual({
            chart: "oci://registry.example.com/charts/loki",
            version: "18.11.0",
        });
    });

    test.each(["ftp://charts.example.com", "https://user:hunter2@charts.example.com"])("cannot be %s", (mirror) => {
        expect(() => chartSource(pins.loki, mirror)).toThrow(
            'the chart mirror must be a folder of .tgz files, an "oci://" address of a registry, or an "https://" or "http://" address of a Helm repository, without user and password',
        );
    });

    test("can be a folder, as a relative path", () => {
        expect(chartSource(pins.loki, "mirror")).toEqual({ chart: "./mirror/loki-18.11.0.tgz" });
        expect(chartSource(pins.loki, path.resolve("mirror"))).toEqual({ chart: "./mirror/loki-18.11.0.tgz" });
    });

    test("is this package for our own charts, with every mirror", () => {
        expect(chartSource(pins.mimir, "oci://registry.example.com")).toEqual({ chart: "./charts/mimir" });
    });

    test.each([undefined, "mirror", "oci://registry.example.com/charts", "https://charts.example.com"])(
        "identifies the name and the version of the chart with the mirror %s",
        (mirror) => {
            for (const pin of Object.values(pins)) {
                expect(describeSource(chartSource(pin, mirror))).toMatchObject({
                    chart: pin.name,
                    version: pin.version,
                });
            }
        },
    );

    test("is rejected if a local folder has the name of the chart", () => {
        process.chdir(folder);
        fs.mkdirSync("loki");
        expect(() => chartSource(pins.loki, undefined)).toThrow(/the folder .*loki has the name of the chart "loki"/);
        expect(() => chartSource(pins.loki, "oci://registry.example.com")).not.toThrow();
    });
});

describe("a chart mirror", () => {
    test("that does not exist is reported with the commands that download the charts", () => {
        const [mistake, ...others] = mirrorMistakes(path.join(folder, "none"));
        expect(others).toEqual([]);
        expect(mistake).toContain("none does not exist");
        expect(mistake).toContain(
            "helm pull loki --repo https://grafana-community.github.io/helm-charts --version 18.11.0",
        );
    });

    test("with missing charts is reported with each missing chart", () => {
        fs.writeFileSync(path.join(folder, "loki-18.11.0.tgz"), "");
        const mistakes = mirrorMistakes(folder);
        expect(mistakes.map((mistake) => /has no (\S+);/.exec(mistake)?.[1]).sort()).toEqual([
            "alloy-1.11.1.tgz",
            "beyla-1.16.11.tgz",
            "grafana-12.11.1.tgz",
            "kube-state-metrics-8.4.0.tgz",
            "opentelemetry-collector-0.170.0.tgz",
            "opentelemetry-ebpf-instrumentation-0.12.0.tgz",
            "prometheus-29.27.0.tgz",
            "pyroscope-2.2.1.tgz",
            "tempo-2.2.4.tgz",
            "tempo-distributed-2.26.2.tgz",
        ]);
    });

    test.each([undefined, "oci://registry.example.com", "https://charts.example.com"])(
        "that is not a folder is not checked: %s",
        (mirror) => {
            expect(mirrorMistakes(mirror)).toEqual([]);
        },
    );
});
