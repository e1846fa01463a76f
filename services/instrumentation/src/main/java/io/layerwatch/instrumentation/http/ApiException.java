package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A request that gets an error answer, in the shape that OpenAI's clients read; the message tells
 * the client what was expected.
 */
final class ApiException extends RuntimeException {

  /** Answers with this status are worth another try, after a second. */
  static final String RETRY_AFTER_SECONDS = "1";

  private final int status;
  private final String type;
  private final Optional<String> parameter;
  private final Optional<String> code;

  private ApiException(
      int status, String type, Optional<String> parameter, Optional<String> code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
    this.code = code;
  }

  /** A parameter that is not as expected. */
  static ApiException badRequest(String parameter, String expectation) {
    return new ApiException(
        400,
        "invalid_request_error",
        Optional.of(parameter),
        Optional.empty(),
        parameter + ": " + expectation);
  }

  /** A request that is refused as a whole. */
  static ApiException refused(int status, String code, String message) {
    return new ApiException(
        status, "invalid_request_error", Optional.empty(), Optional.of(code), message);
  }

  /** A request without a token that is known. */
  static ApiException unauthorized() {
    return refused(
        401, "invalid_api_key", "Authorization: expected Bearer and an API key of this server");
  }

  static ApiException modelNotFound(String served, String asked) {
    return new ApiException(
        404,
        "invalid_request_error",
        Optional.of("model"),
        Optional.of("model_not_found"),
        "model: expected \"" + served + "\", got \"" + asked + "\"");
  }

  /** More requests than the service takes at a time. */
  static ApiException tooMany(String message) {
    return new ApiException(
        429, "requests", Optional.empty(), Optional.of("rate_limit_exceeded"), message);
  }

  static ApiException timedOut(String message) {
    return new ApiException(
        408, "timeout_error", Optional.empty(), Optional.of("request_timeout"), message);
  }

  static ApiException stopping() {
    return new ApiException(
        503,
        "server_error",
        Optional.empty(),
        Optional.of("stopping"),
        "the server is stopping and takes no more requests");
  }

  static ApiException failed() {
    return new ApiException(
        500,
        "server_error",
        Optional.empty(),
        Optional.of("internal_error"),
        "the request failed unexpectedly");
  }

  int status() {
    return status;
  }

  /** {@code {"error": {"message", "type", "param", "code"}}}. */
  ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error")
        .put("message", getMessage())
        .put("type", type)
        .put("param", parameter.orElse(null))
        .put("code", code.orElse(null));
    return body;
  }
}
