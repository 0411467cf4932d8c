import { dump } from "js-yaml";
import * as fs from "fs";
import * as path from "path";
import { Process } from "./process";

const port = 4317;

/** A collector that receives OTLP over gRPC and HTTP. With the exporter `nop`, it is a sink that only counts. */
export function collectorProcess(folder: string, name: string, address: string, exporters: object): Process {
    const reader = { pull: { exporter: { prometheus: { host: address, port: 8888 } } } };
    const config = {
        extensions: { health_check: { endpoint: `${address}:13133` } },
        receivers: {
            otlp: { protocols: { grpc: { endpoint: `${address}:${port}` }, http: { endpoint: `${address}:4318` } } },
        },
        exporters,
        service: {
            extensions: ["health_check"],
            telemetry: { metrics: { readers: [reader] } },
            pipelines: { traces: { receivers: ["otlp"], exporters: Object.keys(exporters) } },
        },
    };
    return newProcess(folder, name, "otelcol-contrib", dump(config), (file) => ["--config", file], `${address}:13133`);
}

/** A program with a configuration file, in a folder of its own. */
export function newProcess(
    folder: string,
    name: string,
    program: string,
    config: string,
    args: (file: string) => string[],
    ready: string,
): Process {
    const processFolder = path.join(folder, name);
    fs.mkdirSync(processFolder);
    fs.writeFileSync(path.join(processFolder, "config"), config);
    const command = { program, args: args("config"), env: {}, folder: processFolder, memoryLimitMib: Infinity };
    return new Process(name, { ...command, readyUrl: `http://${ready}` });
}

/** The sum of a metric of a program. 0 if the program does not have it yet. @param labels such as `data_type="traces"`: a series must have all of them. */
export async function metricOf(url: string, name: string, ...labels: string[]): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const values = text
        .split("\n")
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .filter((line) => labels.every((label) => line.includes(label)))
        .map((line) => Number(line.slice(line.lastIndexOf(" "))));
    return values.reduce((sum, value) => sum + value, 0);
}
