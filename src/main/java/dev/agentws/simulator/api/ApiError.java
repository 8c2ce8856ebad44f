package dev.agentws.simulator.api;

import java.util.Map;

/** A refusal as the API words it. */
public record ApiError(int status, String type, String message, Map<String, String> headers) {

    public ApiError(int status, String type, String message) {
        this(status, type, message, Map.of());
    }

    public static ApiError invalid(String message) {
        return new ApiError(400, "invalid_request_error", message);
    }

    /** The error type that belongs to an HTTP status. */
    public static String typeOf(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 529 -> "overloaded_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    /** The HTTP status that belongs to an error type. */
    static int statusOf(String type) {
        return switch (type) {
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "conflict_error" -> 409;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            case "invalid_request_error" -> 400;
            default -> 500;
        };
    }

    /** A believable message for an error type. */
    public static String messageOf(String type) {
        return switch (type) {
            case "authentication_error" -> "invalid x-api-key";
            case "permission_error" -> "Your API key does not have permission to use the specified resource.";
            case "not_found_error" -> "Not found";
            case "request_too_large" -> "Request exceeds the maximum size";
            case "rate_limit_error" -> "This request would exceed your organization's rate limit.";
            case "overloaded_error" -> "Overloaded";
            case "timeout_error" -> "Request timed out";
            case "invalid_request_error" -> "Error";
            default -> "Internal server error";
        };
    }
}
