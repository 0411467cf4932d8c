import { fitWarnings } from "../settings/fit";
import { resolveSettings } from "../settings/resolve";
import { warnings } from "../settings/warnings";

const found = (raw: object) => fitWarnings(resolveSettings(raw));

test("the defaults of dev fit", () => {
    expect(found({})).toEqual([]);
});

test("the defaults of prod with S3 fit", () => {
    const objectStore = {
        kind: "s3",
        endpoint: "https://s3.example.com",
        bucketPrefix: "acme",
        existingSecret: "keys",
    };
    expect(found({ profile: "prod", objectStore })).toEqual([]);
});

test("the program shows these warnings", () => {
    const settings = resolveSettings({
        limits: { metrics: { maxSeries: 100_000_000, samplesPerSecond: 100_000_000 } },
    });
    expect(warnings(settings)).toEqual(expect.arrayContaining(fitWarnings(settings)));
    expect(fitWarnings(settings)).not.toEqual([]);
});

test.each<[string, object, RegExp]>([
    [
        "more series than fit into the memory of Mimir",
        { limits: { metrics: { maxSeries: 300_000 } } },
        /^limits\.metrics\.maxSeries is 300000: the replica of Mimir would need at least [\d.]+ GiB of memory, but the memory limit is 1 GiB; lower the limit of series, or raise replicas\.mimir or values\.mimir\.resources\.limits\.memory$/,
    ],
    [
        "more series than fit into the volumes of Mimir",
        { profile: "prod", storage: { sizes: { mimir: "20Gi" } } },
        /^limits\.metrics\.maxSeries is 3000000: the volume of each of the 3 replicas of Mimir would need at least [\d.]+ GiB, but storage\.sizes\.mimir is 20Gi/,
    ],
    [
        "fewer samples than the series send",
        { limits: { metrics: { samplesPerSecond: 4_000 } } },
        /^limits\.metrics\.samplesPerSecond is 4000, but 150000 series \(limits\.metrics\.maxSeries\) send 5,000 samples per second with an interval of 30 s/,
    ],
    [
        "a WAL that does not fit into the volume of Loki",
        { storage: { sizes: { loki: "1Gi" } } },
        /^limits\.logs\.ingestionMiBPerSecond is 4: the WAL of the replica of Loki would need at least [\d.]+ GiB, but storage\.sizes\.loki is 1Gi/,
    ],
    [
        "a stream with a higher rate than all logs",
        { limits: { logs: { streamMiBPerSecond: 5 } } },
        /^limits\.logs\.streamMiBPerSecond is 5, more than limits\.logs\.ingestionMiBPerSecond \(4\)/,
    ],
    [
        "a WAL that does not fit into the volume of Tempo",
        { storage: { sizes: { tempo: "1Gi" } } },
        /^limits\.traces\.ingestionMiBPerSecond is 15: the WAL of Tempo would need at least [\d.]+ GiB, but storage\.sizes\.tempo is 1Gi/,
    ],
    [
        "queues that do not survive an outage",
        { profile: "prod", storage: { sizes: { collector: "1Gi" } } },
        /^storage\.sizes\.collector is 1Gi: at limits\.traces\.ingestionMiBPerSecond \(30\), the queue of each replica of the collector would need 2\.93 GiB to survive an outage of 5 minutes/,
    ],
    [
        "volumes of MinIO that are full within a day",
        { profile: "prod" },
        /^storage\.sizes\.minio is 100Gi with replicas\.minio 4, which is enough for 170 GiB of data: if all senders reach their limits, it is full after [\d.]+ hours, although logs are kept for 30d/,
    ],
])("%s", (_, raw, warning) => {
    expect(found(raw)).toContainEqual(expect.stringMatching(warning));
});

test("replicas, sizes and memory that are large enough remove the warnings", () => {
    const series = { limits: { metrics: { maxSeries: 300_000 } }, storage: { sizes: { mimir: "20Gi" } } };
    expect(found({ ...series, values: { mimir: { resources: { limits: { memory: "4Gi" } } } } })).toEqual([]);
    expect(found({ ...series, replicas: { mimir: 3 }, replicationFactor: { mimir: 1 } })).toEqual([]);
    expect(found({ profile: "prod", storage: { sizes: { minio: "20Ti" } } })).toEqual([]);
});

test("a store that the stack does not deploy causes no warning", () => {
    const url = "https://mimir.example.com";
    const external = { mimir: { url, otlpUrl: url, remoteWriteUrl: url } };
    expect(found({ external, limits: { metrics: { maxSeries: 10_000_000, samplesPerSecond: 1 } } })).toEqual([]);
});

test("a limit above all formulas needs at least what the highest known load needs", () => {
    expect(found({ limits: { metrics: { maxSeries: 30_000_000, samplesPerSecond: 2_000_000 } } })).toHaveLength(2);
});
