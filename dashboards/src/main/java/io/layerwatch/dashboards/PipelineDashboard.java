package io.layerwatch.dashboards;

import java.util.List;

/** Whether everything that is observed is scored, how late, and what it costs. */
final class PipelineDashboard {

  private static final String LEDGER = "layerwatch_scorer_ledger_layer_tokens";
  private static final String WATERMARK = "layerwatch_scorer_watermark_timestamp_seconds";

  private PipelineDashboard() {}

  static Dashboard of() {
    return new Dashboard(
        "pipeline",
        "Pipeline",
        "Whether everything that is observed is scored, how late, what it costs, what failed.",
        "now-1h",
        List.of(Selectors.instances(), Selectors.model(WATERMARK), Selectors.revision(WATERMARK)),
        Selectors.MARKS,
        List.of(throughput(), lag(), ledger(), probe(), latency(), errors(), kafka(), processes()));
  }

  private static Row throughput() {
    return Row.of(
        "Throughput",
        Panels.lines("Tokens", Unit.PER_SECOND)
            .fromZero()
            .says("Tokens passed through the model, per second.")
            .query(rate("layerwatch_prompt_tokens_total"), "prompts")
            .query(rate("layerwatch_generated_tokens_total"), "generated"),
        Panels.lines("Requests", Unit.REQUESTS_PER_SECOND)
            .stacked()
            .fromZero()
            .says("Requests by endpoint and status.")
            .query(
                rate("layerwatch_requests_total", "endpoint, status"), "{{endpoint}} {{status}}"),
        Panels.lines("Requests under way", Unit.NUMBER)
            .fromZero()
            .says("Requests on inference threads, waiting for one, and being read.")
            .query(sum("layerwatch_requests_running"), "running")
            .query(sum("layerwatch_requests_waiting"), "waiting")
            .query(sum("layerwatch_requests_preparing"), "preparing"),
        Panels.lines("Layer tokens", Unit.PER_SECOND)
            .fromZero()
            .says("One token of one layer at one site: observed, taken by Kafka, and scored from.")
            .query(rate("layerwatch_publisher_observed_layer_tokens_total"), "observed")
            .query(rate("layerwatch_publisher_published_layer_tokens_total"), "published")
            .query(rate("layerwatch_scorer_accepted_layer_tokens_total"), "accepted"),
        Panels.lines("Summaries", Unit.PER_SECOND)
            .fromZero()
            .says("Summaries taken by Kafka, and merged into windows.")
            .query(rate("layerwatch_publisher_published_summaries_total"), "published")
            .query(rate("layerwatch_scorer_accepted_summaries_total"), "accepted"),
        Panels.lines("Windows closed", Unit.PER_MINUTE)
            .stacked()
            .fromZero()
            .says(
                "Windows closed, per minute. Those that are not complete lack something, and are"
                    + " no evidence.")
            .query(
                perMinute("layerwatch_scorer_closed_windows_total", "complete"),
                "complete: {{complete}}"));
  }

  private static Row lag() {
    return Row.of(
        "Lag",
        Panels.lines("Behind the clock", Unit.SECONDS)
            .fromZero()
            .says(
                "How far the event time that all live instances of the model have reached is"
                    + " behind now. A window closes its grace after its end.")
            .query("time() - max(%s{%s})".formatted(WATERMARK, Selectors.MODEL), "watermark"),
        Panels.lines("Consumer lag", Unit.NUMBER)
            .fromZero()
            .says("Records that are not read yet, by service and topic.")
            .query(
                sum("layerwatch_kafka_consumer_lag_records", "service, topic"),
                "{{service}} {{topic}}"),
        Panels.lines("Waiting to be sent", Unit.NUMBER)
            .fromZero()
            .says("Merge windows that wait at their instance. They grow while Kafka is away.")
            .query(sum("layerwatch_publisher_waiting_windows", "instance"), "{{instance}}"),
        Panels.lines("Closing a model's windows", Unit.SECONDS)
            .fromZero()
            .says("How long a task reads nothing while it closes windows, on average.")
            .query(mean("layerwatch_scorer_closing_seconds"), "mean"));
  }

  private static Row ledger() {
    return Row.of(
        "Ledger of the model: what became of its layer tokens",
        Panels.lines("Entries", Unit.NUMBER)
            .size(12, 8)
            .fromZero()
            .says("Since the model was first heard of. Claimed = scored + late + missing.")
            .query("max by (entry) (%s{%s})".formatted(LEDGER, Selectors.MODEL), "{{entry}}"),
        Panels.lines("Not scored", Unit.RATIO)
            .size(12, 8)
            .fromZero()
            .says(
                "Late and missing layer tokens, as a share of what instances have seen since the"
                    + " model was first heard of. What came last is in the alert LayerTokensLost.")
            .query(share("late"), "late")
            .query(share("missing"), "missing"),
        Panels.lines("Given up before Kafka", Unit.PER_SECOND)
            .fromZero()
            .says("Layer tokens in summaries that instances dropped, by reason.")
            .query(rate("layerwatch_publisher_dropped_layer_tokens_total", "reason"), "{{reason}}"),
        Panels.lines("Late, duplicate", Unit.PER_SECOND)
            .fromZero()
            .says("Summaries whose window had closed, and those that had been seen before.")
            .query(rate("layerwatch_scorer_late_summaries_total"), "late")
            .query(rate("layerwatch_scorer_duplicate_summaries_total"), "duplicate"),
        Panels.lines("Windows passed over", Unit.PER_MINUTE)
            .fromZero()
            .says("Windows that the recommender had judged before, per minute.")
            .query("60 * " + rate("layerwatch_recommender_repeated_windows_total"), "repeated"));
  }

  private static Row probe() {
    return Row.of(
        "Probe",
        Panels.lines("Overhead and budget", Unit.RATIO)
            .fromZero()
            .limit("budget")
            .says("Share of inference time that the probe took of late, and may take.")
            .query(max("layerwatch_probe_overhead_ratio", "phase"), "{{phase}}")
            .query(
                "min(layerwatch_probe_budget_ratio{%s})".formatted(Selectors.INSTANCES), "budget"),
        Panels.lines("Passes that are affordable", Unit.RATIO)
            .between(0, 1)
            .says("Share of passes that the time budget lets through, at the tightest instance.")
            .query(
                "min by (phase) (layerwatch_probe_affordable_ratio{%s})"
                    .formatted(Selectors.INSTANCES),
                "{{phase}}"),
        Panels.lines("Time added to a pass", Unit.SECONDS)
            .fromZero()
            .says("What the probe adds to a pass that it observes, on average.")
            .query(mean("layerwatch_probe_overhead_seconds", "phase"), "{{phase}}"),
        Panels.lines("Tokens observed", Unit.PER_SECOND)
            .fromZero()
            .says("Tokens whose activations were reduced, by phase.")
            .query(rate("layerwatch_probe_observed_tokens_total", "phase"), "{{phase}}"),
        Panels.lines("Tokens not observed", Unit.PER_SECOND)
            .stacked()
            .fromZero()
            .says("Tokens that were not to be observed, by reason; and whose observation failed.")
            .query(rate("layerwatch_probe_skipped_tokens_total", "reason"), "{{reason}}")
            .query(rate("layerwatch_probe_unobserved_tokens_total"), "unobserved"),
        Panels.lines("Probes that are on", Unit.NUMBER)
            .fromZero()
            .says("Instances with the probe on. It is off when switched off, or after a failure.")
            .query(sum("layerwatch_probe_enabled"), "on")
            .query(
                "count(layerwatch_probe_enabled{%s})".formatted(Selectors.INSTANCES), "instances"));
  }

  private static Row latency() {
    return Row.of(
        "Latency",
        quantiles("Wait for a thread", "layerwatch_request_wait_seconds")
            .says("Time from a request's receipt to its start on an inference thread."),
        quantiles("Time to first token", "layerwatch_time_to_first_token_seconds")
            .says("Time from a request's receipt to its first generated token."),
        quantiles("Inference", "layerwatch_inference_seconds")
            .says("Time in the model of one completion, probes included."),
        Panels.lines("Forward pass", Unit.SECONDS)
            .fromZero()
            .says("Time in the model of a pass, on average, probe not included.")
            .query(mean("layerwatch_forward_seconds", "phase"), "{{phase}}"),
        Panels.lines("Prompts that share a pass", Unit.NUMBER)
            .fromZero()
            .otherwise("no prompts have shared a pass")
            .says("Prompts of each pass that several share, on average.")
            .query(mean("layerwatch_prefill_batch_prompts"), "mean"),
        Panels.lines("Open arrays", Unit.NUMBER)
            .fromZero()
            .says("PyTorch arrays that are open. A steady rise is a leak.")
            .query(sum("layerwatch_model_arrays", "instance"), "{{instance}}"));
  }

  private static Row errors() {
    return Row.of(
        "Errors",
        Panels.lines("Dead letters", Unit.PER_MINUTE)
            .fromZero()
            .says("Records set aside to the rejected topic, per minute.")
            .query(
                perMinute("layerwatch_scorer_rejected_records_total", "reason"),
                "scorer {{reason}}")
            .query(
                perMinute("layerwatch_recommender_rejected_records_total", "reason"),
                "recommender {{reason}}"),
        Panels.lines("Requests that failed", Unit.REQUESTS_PER_SECOND)
            .fromZero()
            .says(
                "Requests by the status of a failure: 4xx is the client's, 429 too many, 5xx ours.")
            .query(
                "sum by (status) (rate(layerwatch_requests_total{%s,status!~\"2..\"}"
                        .formatted(Selectors.INSTANCES)
                    + "[$__rate_interval])) or vector(0)",
                "{{status}}"),
        Panels.lines("Observations that failed", Unit.PER_MINUTE)
            .fromZero()
            .says("Failures of the probe, per minute. One turns it off.")
            .query(perMinute("layerwatch_probe_errors_total", "instance"), "{{instance}}"),
        Panels.lines("Stream threads that failed", Unit.PER_MINUTE)
            .fromZero()
            .says("Failures of threads, per minute, whether they were replaced or not.")
            .query(
                perMinute("layerwatch_kafka_streams_failed_threads_total", "service"),
                "{{service}}"),
        Panels.lines("Records that could not be sent", Unit.PER_MINUTE)
            .fromZero()
            .says("Records that were given up, and those that were sent once more, per minute.")
            .query(
                perMinute("layerwatch_kafka_producer_record_errors_total", "service"),
                "{{service}} failed")
            .query(
                perMinute("layerwatch_kafka_producer_record_retries_total", "service"),
                "{{service}} sent again"),
        Panels.lines("Records dropped by Kafka Streams", Unit.PER_MINUTE)
            .fromZero()
            .says("Records dropped, per minute. Bad records are not among them.")
            .query(
                perMinute("layerwatch_kafka_streams_dropped_records_total", "service"),
                "{{service}}"));
  }

  private static Row kafka() {
    return Row.of(
        "Kafka and Kafka Streams",
        Panels.timeline("State")
            .word(1, "now", "blue")
            .says("The states that services are in. RUNNING is well.")
            .query(
                "max by (service, state) (layerwatch_kafka_streams_state{%s} == 1)"
                    .formatted(Selectors.INSTANCES),
                "{{service}} {{state}}"),
        Panels.lines("Records read", Unit.PER_SECOND)
            .size(12, 8)
            .fromZero()
            .says("By service and topic.")
            .query(
                rate("layerwatch_kafka_consumer_consumed_records_total", "service, topic"),
                "{{service}} {{topic}}"),
        Panels.lines("Stream threads", Unit.NUMBER)
            .fromZero()
            .says("Stream threads that run or take part in a rebalance.")
            .query(sum("layerwatch_kafka_streams_alive_threads", "service"), "{{service}}"),
        Panels.lines("Commit latency", Unit.SECONDS)
            .fromZero()
            .says("Mean and longest time of a commit over a minute, of the slowest thread.")
            .query(
                max("layerwatch_kafka_streams_commit_latency_avg_seconds", "service"),
                "{{service}} mean")
            .query(
                max("layerwatch_kafka_streams_commit_latency_max_seconds", "service"),
                "{{service}} longest"),
        Panels.lines("Rebalances", Unit.PER_MINUTE)
            .fromZero()
            .says(
                "Rebalances, per minute. Many without a start or a stop mean that processes are"
                    + " taken for dead.")
            .query(
                perMinute("layerwatch_kafka_consumer_rebalances_total", "service"), "{{service}}"),
        Panels.lines("Producers' buffers", Unit.BYTES)
            .size(12, 8)
            .fromZero()
            .says("Bytes that records on their way take.")
            .query(sum("layerwatch_kafka_producer_buffered_bytes", "service"), "{{service}}"),
        Panels.lines("Waiting for a full buffer", Unit.RATIO)
            .size(12, 8)
            .fromZero()
            .says("Share of a minute in which somebody waited for space.")
            .query(max("layerwatch_kafka_producer_buffer_wait_ratio", "service"), "{{service}}"));
  }

  private static Row processes() {
    return Row.of(
        "Processes",
        Panels.lines("Processors", Unit.NUMBER)
            .fromZero()
            .says("Processor seconds per second: how many cores a process keeps busy.")
            .query(rate("process_cpu_seconds_total", "instance"), "{{instance}}"),
        Panels.lines("Resident memory", Unit.BYTES)
            .fromZero()
            .says("What the process takes of the machine, PyTorch's memory included.")
            .query(sum("process_resident_memory_bytes", "instance"), "{{instance}}"),
        Panels.lines("Heap", Unit.BYTES)
            .fromZero()
            .says("Heap of the JVM that is used, and its limit.")
            .query(heap("jvm_memory_used_bytes"), "{{instance}}")
            .query(heap("jvm_memory_max_bytes"), "{{instance}} limit"),
        Panels.lines("Garbage collection", Unit.RATIO)
            .fromZero()
            .says("Share of the time that the JVM collected garbage.")
            .query(rate("jvm_gc_collection_seconds_sum", "instance"), "{{instance}}"),
        Panels.lines("Threads", Unit.NUMBER)
            .fromZero()
            .says("Threads of the JVM.")
            .query(sum("jvm_threads_current", "instance"), "{{instance}}"),
        Panels.lines("Open files", Unit.NUMBER)
            .fromZero()
            .says("File descriptors that are open.")
            .query(sum("process_open_fds", "instance"), "{{instance}}"));
  }

  private static Panel quantiles(String title, String histogram) {
    Panel panel = Panels.lines(title, Unit.SECONDS).fromZero();
    for (int percent : List.of(50, 95, 99)) {
      panel.query(
          "histogram_quantile(%s, %s)"
              .formatted(percent / 100.0, rate(histogram + "_bucket", "le")),
          "p" + percent);
    }
    return panel;
  }

  private static String share(String entry) {
    return "max(%1$s{%2$s,entry=\"%3$s\"}) / max(%1$s{%2$s,entry=\"claimed\"})"
        .formatted(LEDGER, Selectors.MODEL, entry);
  }

  private static String heap(String metric) {
    return "sum by (instance) (%s{%s,area=\"heap\"})".formatted(metric, Selectors.INSTANCES);
  }

  private static String sum(String metric) {
    return "sum(%s{%s})".formatted(metric, Selectors.INSTANCES);
  }

  private static String sum(String metric, String labels) {
    return "sum by (%s) (%s{%s})".formatted(labels, metric, Selectors.INSTANCES);
  }

  private static String max(String metric, String labels) {
    return "max by (%s) (%s{%s})".formatted(labels, metric, Selectors.INSTANCES);
  }

  private static String rate(String counter) {
    return "sum(rate(%s{%s}[$__rate_interval]))".formatted(counter, Selectors.INSTANCES);
  }

  private static String rate(String counter, String labels) {
    return "sum by (%s) (rate(%s{%s}[$__rate_interval]))"
        .formatted(labels, counter, Selectors.INSTANCES);
  }

  /** Of what comes one by one, for which a rate per second would be a small fraction. */
  private static String perMinute(String counter, String labels) {
    return "60 * " + rate(counter, labels);
  }

  /** Of a summary or a histogram. */
  private static String mean(String metric) {
    return rate(metric + "_sum") + " / " + rate(metric + "_count");
  }

  private static String mean(String metric, String labels) {
    return rate(metric + "_sum", labels) + " / " + rate(metric + "_count", labels);
  }
}
