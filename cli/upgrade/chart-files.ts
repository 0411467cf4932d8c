import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import type { KnownKeys } from "../../components/helm/key-tree";
import type { HelmValues } from "../../components/helm/values";
import { readYamlMap } from "../../components/helm/yaml";
import type { LocatedChart } from "../evaluate";
import { helmPull } from "../helm";
import { keysOf } from "../value-keys/chart";

/** A chart in a local folder, with what its files say about it. */
export interface ChartFiles {
    name: string;
    version: string;
    folder: string;
    /** Version of the application. */
    appVersion?: string | undefined;
    /** The versions of Kubernetes that the chart supports. Default: all. */
    kubeVersion?: string | undefined;
    deprecated: boolean;
    /** The default values. */
    defaults: HelmValues;
    /** The text of values.yaml, with its comments. */
    valuesText: string;
    /** Reads the keys that the values of the chart can have. */
    keys: () => KnownKeys;
}

/** Reads the files of a chart in a folder. */
export function readChart(folder: string): ChartFiles {
    const { name, version, appVersion, kubeVersion, deprecated } = readYamlMap(
        path.join(folder, "Chart.yaml"),
    ) as unknown as ChartFiles;
    const valuesFile = path.join(folder, "values.yaml");
    return {
        name,
        version,
        folder,
        appVersion: appVersion === undefined ? undefined : String(appVersion),
        kubeVersion,
        deprecated: deprecated ?? false,
        defaults: readYamlMap(valuesFile),
        valuesText: fs.readFileSync(valuesFile, "utf8"),
        keys: () => keysOf(folder),
    };
}

/** Unpacks charts to temporary folders, each one once. */
export class ChartFolders {
    private readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "charts-"));
    private readonly read = new Map<string, Promise<ChartFiles>>();

    /**
     * The files of a chart. A chart in a registry or repository is downloaded.
     *
     * @throws Error if the chart cannot be downloaded or read.
     */
    get(chart: LocatedChart): Promise<ChartFiles> {
        const id = JSON.stringify(chart.source);
        const files = this.read.get(id) ?? this.unpack(chart, path.join(this.root, String(this.read.size)));
        this.read.set(id, files);
        return files;
    }

    private async unpack(chart: LocatedChart, folder: string): Promise<ChartFiles> {
        const { chart: location } = chart.source;
        if (fs.existsSync(path.join(location, "Chart.yaml"))) {
            return readChart(location);
        }
        fs.mkdirSync(folder);
        if (!fs.existsSync(location)) {
            await helmPull(chart, folder);
        }
        const archive = fs.existsSync(location) ? location : path.join(folder, fs.readdirSync(folder)[0] ?? "");
        const unpacked = path.join(folder, "unpacked");
        fs.mkdirSync(unpacked);
        execFileSync("tar", ["-xzf", archive, "-C", unpacked], { stdio: ["ignore", "ignore", "pipe"] });
        return readChart(path.join(unpacked, fs.readdirSync(unpacked)[0] ?? ""));
    }

    /** Deletes all temporary folders. */
    remove(): void {
        fs.rmSync(this.root, { recursive: true, force: true });
    }
}
