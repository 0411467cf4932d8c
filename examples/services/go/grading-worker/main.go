// Grading-worker consumes messages: it reads the entries that answer-api adds to a Redis stream.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"strings"
	"time"

	"example.com/services/telemetry"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const stream = "answers"

var (
	tracer = otel.Tracer("grading-worker")
	group  = os.Getenv("OTEL_SERVICE_NAME")
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := telemetry.UntilSigterm()
	defer cancel()
	// OBSERVABILITY 1/3: start the SDK first.
	stop, err := telemetry.Start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.XGroupCreateMkStream(ctx, stream, group, "0").Err(); err != nil && !strings.Contains(err.Error(), "BUSYGROUP") {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	telemetry.Log(ctx, "waiting for answers")
	for ctx.Err() == nil {
		args := &redis.XReadGroupArgs{Group: group, Consumer: host, Streams: []string{stream, ">"}, Count: 10, Block: 500 * time.Millisecond}
		streams, err := client.XReadGroup(ctx, args).Result()
		if err != nil && !errors.Is(err, redis.Nil) && ctx.Err() == nil {
			return err
		}
		for _, found := range streams {
			for _, message := range found.Messages {
				handle(client, message)
			}
		}
	}
	return nil
}

func handle(client *redis.Client, message redis.XMessage) {
	headers := propagation.MapCarrier{}
	for name, value := range message.Values {
		headers[name], _ = value.(string)
	}
	// OBSERVABILITY 2/3: the context of the producer comes with the message, not with the connection.
	ctx := otel.GetTextMapPropagator().Extract(context.Background(), headers)
	// OBSERVABILITY 3/3: a span of kind CONSUMER whose parent is the span of the producer. A batch needs a link to each producer instead.
	ctx, span := tracer.Start(ctx, "process "+stream, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("messaging.system", "redis"),
		attribute.String("messaging.destination.name", stream),
		attribute.String("messaging.operation.type", "process"),
		attribute.String("messaging.operation.name", "process"),
		attribute.String("messaging.message.id", message.ID),
		attribute.String("messaging.consumer.group.name", group),
	))
	defer span.End()
	telemetry.Log(ctx, "answer graded", "id", message.ID, "correct", headers["body"] == "42")
	if err := client.XAck(ctx, stream, group, message.ID).Err(); err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
}
