// A service behind a Dapr sidecar. GET /lesson calls GET /profile of profile-api, through the sidecar.
// OBSERVABILITY 1/3: start the SDK first. It continues the header traceparent, which the sidecar sends.
import { endOnSigterm, log } from "./telemetry.js";
import * as http from "http";

const sidecar = `http://127.0.0.1:${process.env["DAPR_HTTP_PORT"] ?? "3500"}`;

async function lesson(): Promise<object> {
    // OBSERVABILITY 2/3: call other services through the sidecar with fetch or http, which the SDK instruments: it sends traceparent.
    const answer = await fetch(`${sidecar}/v1.0/invoke/profile-api/method/profile`);
    const { student } = (await answer.json()) as { student: string };
    // OBSERVABILITY 3/3: write trace_id and span_id to each line of the standard output. The log collector finds them.
    log("lesson chosen", { student });
    return { lesson: "fractions", student };
}

const server = http.createServer((request, response) => {
    const respond = (status: number, body: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (request.url) {
        case "/lesson":
            lesson().then(
                (body) => respond(200, body),
                (error: unknown) => respond(502, { error: String(error) }),
            );
            break;
        case "/profile":
            log("profile read");
            respond(200, { student: "Ada" });
            break;
        default:
            respond(404, { error: "not found" });
    }
});
server.listen(Number(process.env["PORT"] ?? 8080));
endOnSigterm(() => server.close());
