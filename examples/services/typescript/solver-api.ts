// A service that sends traces, metrics and logs over OTLP, and profiles with the Pyroscope SDK.
// OBSERVABILITY 1/3: start the SDK first. It reads OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT.
import { endOnSigterm, required } from "./telemetry.js";
import { logs, SeverityNumber } from "@opentelemetry/api-logs";
import Pyroscope from "@pyroscope/nodejs";
import * as http from "http";

Pyroscope.init({
    // OBSERVABILITY 2/3: the service name of the profiles must be that of the traces. The SDK reads PYROSCOPE_SERVER_ADDRESS itself.
    appName: required("OTEL_SERVICE_NAME"),
    tags: { namespace: required("NAMESPACE"), cluster: required("CLUSTER") },
    wall: { collectCpuTime: true },
});
Pyroscope.start();

const logger = logs.getLogger("solver-api");

/** Counts primes, which needs CPU time that a profile shows. */
function primesBelow(limit: number): number {
    let count = 0;
    for (let candidate = 2; candidate < limit; candidate++) {
        let divisor = 2;
        while (divisor < candidate && candidate % divisor !== 0) {
            divisor++;
        }
        count += divisor === candidate ? 1 : 0;
    }
    return count;
}

const server = http.createServer((request, response) => {
    if (request.url !== "/solve") {
        response.writeHead(404).end();
        return;
    }
    const primes = primesBelow(20_000);
    // OBSERVABILITY 3/3: a log record that is emitted inside a request has the trace ID of its span.
    logger.emit({ severityNumber: SeverityNumber.INFO, severityText: "INFO", body: `found ${primes} primes` });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ primes }));
});
server.listen(Number(process.env["PORT"] ?? 8080));
endOnSigterm(async () => {
    server.close();
    await Pyroscope.stop();
});
