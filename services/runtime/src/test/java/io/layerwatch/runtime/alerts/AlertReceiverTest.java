package io.layerwatch.runtime.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlertReceiverTest {

  /** As Alertmanager's documentation has it, cut to what varies. */
  private static final String MESSAGE =
      """
      {"version": "4", "status": "firing", "receiver": "people",
       "groupLabels": {"alertname": "LayerScoreDrift"},
       "alerts": [
         {"status": "firing", "labels": {"alertname": "LayerScoreDrift", "severity": "warning"},
          "annotations": {"summary": "demo: avss of layer 3 has left its baseline",
            "description": "block-output above", "runbook_url": "https://host/LayerScoreDrift.md"},
          "startsAt": "2026-01-01T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z"},
         {"status": "resolved", "labels": {"alertname": "LayerScoreDrift", "severity": "warning"},
          "annotations": {"summary": "demo: avss of layer 4 has left its baseline"},
          "startsAt": "2026-01-01T00:00:10Z", "endsAt": "2026-01-01T00:05:00Z"}]}
      """;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AlertReceiver receiver = AlertReceiver.start("127.0.0.1", 0, lines::add);

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void everyAlertIsALine() throws Exception {
    assertThat(send("POST", BodyPublishers.ofString(MESSAGE)).statusCode()).isEqualTo(200);
    assertThat(lines)
        .containsExactly(
            "firing LayerScoreDrift warning since 2026-01-01T00:00:00Z:"
                + " demo: avss of layer 3 has left its baseline. block-output above;"
                + " see https://host/LayerScoreDrift.md",
            "resolved LayerScoreDrift warning since 2026-01-01T00:00:10Z:"
                + " demo: avss of layer 4 has left its baseline");
  }

  @Test
  void whatATerminalWouldObeyIsReplaced() throws Exception {
    String message = MESSAGE.replace("demo: avss", "\\u001b[2Jdemo\\r\\nfiring\\u2028 \\u202eavss");
    send("POST", BodyPublishers.ofString(message));
    assertThat(lines)
        .first()
        .asString()
        .endsWith(
            ": \uFFFD[2Jdemo\uFFFD\uFFFDfiring\uFFFD \uFFFDavss of layer 3 has left its baseline."
                + " block-output above; see https://host/LayerScoreDrift.md");
  }

  @Test
  void whatIsNoMessageIsRefusedAndPrintsNothing() throws Exception {
    for (String body : List.of("", "{}", "no JSON", "{\"alerts\": 1}")) {
      assertThat(send("POST", BodyPublishers.ofString(body)).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void anyOtherRequestHearsThatItWaits() throws Exception {
    HttpResponse<String> answer = send("GET", BodyPublishers.noBody());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("waiting for alerts\n");
  }

  private HttpResponse<String> send(String method, BodyPublisher body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.port() + "/"))
                .method(method, body)
                .build(),
            BodyHandlers.ofString());
  }
}
