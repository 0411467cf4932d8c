import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { alloyConfig } from "../components/alloy/config";
import { levelStages, redactionStages } from "../components/alloy/log-stages";
import { redactionPatternNames } from "../validation/redaction";
import { describeWith } from "./helpers/prerequisites";
import { podLogLine } from "./live/kubernetes";
import { eventually, Process } from "./live/process";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

/** Log entries of applications, as the lines that the container runtime writes. */
const stackTraces = {
    "Java, after the log message": [
        `ERROR [http-1] [trace_id=${trace}] c.e.Lessons - find failed`,
        "java.lang.IllegalStateException: no such lesson",
        "\tat com.example.Lessons.find(Lessons.java:12)",
        "Caused by: java.sql.SQLException: gone",
        "\t... 3 more",
    ],
    "Python, with a chained exception": [
        `ERROR:root:[trace_id=${trace}] oops`,
        "Traceback (most recent call last):",
        '  File "/app/x.py", line 3, in f',
        '    raise ValueError("bad")',
        "ValueError: bad",
        "During handling of the above exception, another exception occurred:",
        "Traceback (most recent call last):",
        '  File "/app/y.py", line 3, in g',
        "requests.exceptions.ConnectionError: gone",
    ],
    "a panic of Go": [
        `panic: trace_id=${trace}`,
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48]",
        "goroutine 1 [running]:",
        "main.(*Server).handle(0xc0000b4000, {0x1, 0x2})",
        "\t/app/main.go:12 +0x1d",
        "created by main.main in goroutine 7",
        "\t/app/main.go:8 +0x1c",
    ],
    ".NET": [
        `fail: Shop.Api[0] TraceId: ${trace}`,
        "      Unhandled",
        "System.InvalidOperationException: x",
        "   at Shop.Api.Get() in /src/Api.cs:line 3",
    ],
    "Node.js, as a separate entry": [
        `Error: boom, trace id: ${trace}`,
        "    at f (/app/a.js:1:1)",
        "    at process.processTicksAndRejections (node:internal)",
    ],
};

const traceIds: Record<string, string> = {
    "JSON of OpenTelemetry's instrumentation of Python": `{"msg":"py","otelTraceID":"${trace}","otelSpanID":"${span}"}`,
    "JSON with flat ECS fields": `{"trace.id":"${trace}","span.id":"${span}","msg":"flat"}`,
    "JSON with nested ECS fields": `{"trace":{"id":"${trace}"},"span":{"id":"${span}"},"msg":"nested"}`,
    "JSON in a JSON string": `{"log":"{\\"trace_id\\":\\"${trace}\\",\\"span_id\\":\\"${span}\\"}"}`,
    "JSON of Serilog": `{"@t":"x","@tr":"${trace}","@sp":"${span}"}`,
    "logfmt in upper case": `level=info TraceID=${trace.toUpperCase()} SpanID=${span.toUpperCase()}`,
    "a traceparent": `level=info traceparent=00-${trace}-${span}-01 msg=w3c`,
    "Spring Boot": `INFO [shop,${trace},${span}] 1 --- c.e.Shop`,
};

const withoutTrace = [
    "trace_id=00000000000000000000000000000000 span_id=0000000000000000",
    "trace_id= level=info",
    `digest=${trace}`,
    "plain",
];

/** Lines with secrets, and what is stored. */
const redactedLines: Record<string, string> = {
    '{"password":"hunter2","user":"ada"}': '{"password":"****","user":"ada"}',
    "authorization: Bearer abcdefghijklmnopqrstuvwxyz path=/": "authorization: Bearer **** path=/",
    "paid with 4111 1111 1111 1111 and 4111-1111-1111-1111": "paid with **** and ****",
    "connect postgres://app:s3cret@db:5432/shop": "connect postgres://app:****@db:5432/shop",
    [`mail from ada@example.com trace_id=${trace}`]: `mail from **** trace_id=${trace}`,
};

/** Lines below the level "info". */
const belowLevel = [
    '{"level":"debug","msg":"verbose"}',
    '{"level":20,"msg":"pino"}',
    "ts=1 level=DEBUG msg=logfmt",
    "2026-11-28 10:00:00,000 [main] DEBUG c.e.Shop - text",
    "dbug: Shop.Api[0] text",
];

/** Lines that are kept, because their level is not below "info" or unknown. */
const atLevel = [
    '{"level":"info","msg":"the DEBUG flag is set, level=debug"}',
    "2026-11-28 10:00:00,000 [main] INFO c.e.Shop - level of DEBUG",
    "I1128 10:00:00.000000 1 main.go:1] klog",
    "a line that mentions debug",
];

interface Entry {
    text: string;
    metadata: Record<string, string>;
}

describeWith({ programs: ["alloy"] }, "the log collector", () => {
    let folder: string;
    let alloy: Process;
    let entries: Entry[];
    const expected = [...Object.values(stackTraces).map((lines) => lines.join("\n")), ...Object.values(traceIds)];

    beforeAll(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "alloy-logs-"));
        const lines = [...Object.values(stackTraces).flat(), ...Object.values(traceIds), ...withoutTrace];
        lines.push(...Object.keys(redactedLines), ...belowLevel, ...atLevel, "the last line");
        fs.writeFileSync(path.join(folder, "pod.log"), lines.map((line) => podLogLine(line)).join(""));
        fs.writeFileSync(path.join(folder, "config.alloy"), config());
        const address = `127.0.${1 + Math.floor(Math.random() * 250)}.1:12345`;
        alloy = new Process("alloy", {
            program: "alloy",
            // loki.echo is experimental.
            args: [
                "run",
                "config.alloy",
                "--storage.path=data",
                `--server.http.listen-addr=${address}`,
                "--disable-reporting",
                "--stability.level=experimental",
            ],
            env: {},
            folder,
            memoryLimitMib: Infinity,
            readyUrl: `http://${address}/-/ready`,
        });
        alloy.start();
        await alloy.ready();
        await eventually("Alloy prints all entries", () => {
            entries = printed(alloy.output());
            expect(entries.length).toBeGreaterThanOrEqual(expected.length + withoutTrace.length);
            expect(entries.at(-1)?.text).toBe("the last line");
        });
    });

    afterAll(async () => {
        await alloy.stop("SIGKILL");
        fs.rmSync(folder, { recursive: true, force: true });
    });

    // The pipeline of logs.alloy, with loki.echo instead of loki.write.
    function config(): string {
        const values = {
            droppedEntries: "^$",
            excludedLogNamespaces: "",
        };
        const sections = { lokiBasic: false, lokiBearer: false };
        const inserts = {
            levels: levelStages({ shop: "info", other: "error" }),
            redaction: redactionStages({ patterns: redactionPatternNames }),
        };
        const text = alloyConfig(["logs"], values, sections, inserts);
        const [pipeline = ""] = /loki\.process "logs" \{.*?\n\}\n/s.exec(text) ?? [];
        return `
loki.source.file "logs" {
	targets    = [{"__path__" = "pod.log", "namespace" = "shop"}]
	forward_to = [loki.process.logs.receiver]
}
loki.echo "loki" { }
${pipeline.replace("loki.write.loki.receiver", "loki.echo.loki.receiver")}`;
    }

    test.each(Object.entries(stackTraces))(
        "joins the lines of a stack trace and finds its trace ID: %s",
        (_, lines) => {
            expect(entries).toContainEqual({ text: lines.join("\n"), metadata: { trace_id: trace } });
        },
    );

    test.each(Object.entries(traceIds))("finds the trace ID and the span ID in %s", (_, line) => {
        expect(entries).toContainEqual({ text: line, metadata: { trace_id: trace, span_id: span } });
    });

    test.each(Object.entries(redactedLines))("replaces the secrets in %s", (_, text) => {
        expect(entries.map((entry) => entry.text)).toContain(text);
    });

    test.each(belowLevel)("drops the line %s", (line) => {
        expect(entries.map(({ text }) => text)).not.toContain(line);
    });

    test.each(atLevel)("keeps the line %s", (line) => {
        expect(entries.map(({ text }) => text)).toContain(line);
    });

    test.each(withoutTrace)("finds no trace ID in %s", (line) => {
        expect(entries).toContainEqual({ text: line, metadata: {} });
    });
});

function printed(output: string): Entry[] {
    const unquote = (text: string) => (text.startsWith('"') ? (JSON.parse(text) as string) : text);
    return [...output.matchAll(/ entry=("(?:\\.|[^"\\])*"|\S+) .* structured_metadata=("(?:\\.|[^"\\])*"|\S+)$/gm)].map(
        ([, text = "", metadata = ""]) => ({ text: unquote(text), metadata: JSON.parse(unquote(metadata)) }),
    );
}
