package dev.agentws.anthropic;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelFailure.Kind;
import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.http.Reason;
import dev.agentws.anthropic.http.ResponseHead;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong into words and kinds. Stateless. */
final class Failures {
    /** Spend limits: answered with 429, but they last until somebody pays or raises them. */
    private static final Set<String> SPEND_LIMITS =
            Set.of("contract_spend_limit_reached", "enforced_spend_limit_reached");

    private static final int MAX_CAUSES = 16;

    private Failures() {}

    /** An answer that is no stream. */
    static Fault ofAnswer(ResponseHead head, ErrorBody body, @Nullable Duration retryAfter) {
        Kind kind = kindOf(head.status(), body);
        StringBuilder text = new StringBuilder("the upstream answered ").append(head.status());
        if (body.type() != null) {
            text.append(' ').append(body.type());
        }
        if (!body.message().isEmpty()) {
            text.append(": ").append(body.message());
        }
        String header = requestId(head);
        String requestId = header != null ? header : body.requestId();
        boolean retryable = (RetryRule.invitesRetry(head) && kind != Kind.BILLING)
                || "true".equalsIgnoreCase(head.first("x-should-retry"));
        return new Fault(
                new ModelFailure(kind, text.toString(), head.status(), body.type(), requestId, retryAfter), retryable);
    }

    /** A 200 that is not what was asked for. */
    static Fault notAStream(ResponseHead head, String what) {
        return new Fault(new ModelFailure(Kind.PROTOCOL, what, head.status(), null, requestId(head), null), false);
    }

    static Fault malformed(Endpoint endpoint, String why) {
        return new Fault(failure(Kind.PROTOCOL, endpoint.authority() + ": " + why), false);
    }

    static Fault broken(Endpoint endpoint, String why, @Nullable String requestId) {
        String text = endpoint.authority() + ": " + why;
        return new Fault(new ModelFailure(Kind.CONNECTION, text, 0, null, requestId, null), true);
    }

    static Fault silent(Endpoint endpoint, Duration limit, @Nullable String requestId) {
        String text = endpoint.authority() + ": nothing came for " + limit.toMillis() + " ms";
        return new Fault(new ModelFailure(Kind.TIMEOUT, text, 0, null, requestId, null), true);
    }

    static Fault unreachable(Endpoint endpoint, Throwable cause) {
        String text = "no connection to " + endpoint.host() + ":" + endpoint.port() + ": " + Reason.of(cause);
        // Whoever shows the wrong certificate now will show it in a second too, and each attempt would meet the
        // impostor again.
        return new Fault(failure(Kind.CONNECTION, text), !aboutCertificates(cause));
    }

    static ModelFailure unwritable() {
        return failure(Kind.INVALID_REQUEST, "the request could not be written");
    }

    /** The stream itself reported a failure: which of them another attempt may mend. */
    static Fault ofStream(ModelFailure failure, @Nullable String requestId) {
        boolean retryable =
                switch (failure.kind()) {
                    case OVERLOADED, SERVER, TIMEOUT, RATE_LIMITED, CONNECTION -> true;
                    default -> false;
                };
        ModelFailure named = failure.requestId() != null
                ? failure
                : new ModelFailure(
                        failure.kind(),
                        failure.message(),
                        failure.status(),
                        failure.type(),
                        requestId,
                        failure.retryAfter());
        return new Fault(named, retryable);
    }

    static @Nullable String requestId(ResponseHead head) {
        String id = head.first("request-id");
        return id != null ? id : head.first("x-request-id");
    }

    private static boolean aboutCertificates(Throwable cause) {
        Throwable at = cause;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            if (at instanceof CertificateException || at instanceof SSLPeerUnverifiedException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    private static Kind kindOf(int status, ErrorBody body) {
        String type = body.type() == null ? "" : body.type();
        if (SPEND_LIMITS.contains(body.code() == null ? "" : body.code()) || type.equals("billing_error")) {
            return Kind.BILLING;
        }
        if (type.equals("overloaded_error")) {
            return Kind.OVERLOADED;
        }
        return switch (status) {
            case 400 -> aboutContext(type, body.message()) ? Kind.CONTEXT_OVERFLOW : Kind.INVALID_REQUEST;
            case 401 -> Kind.AUTHENTICATION;
            case 402 -> Kind.BILLING;
            case 403 -> Kind.PERMISSION;
            case 404 -> Kind.NOT_FOUND;
            case 408, 504 -> Kind.TIMEOUT;
            // Not the request's own fault: the same one may pass when what it collided with is over.
            case 409 -> Kind.SERVER;
            case 413 -> Kind.TOO_LARGE;
            case 429 -> Kind.RATE_LIMITED;
            case 529 -> Kind.OVERLOADED;
            default -> rest(status);
        };
    }

    private static Kind rest(int status) {
        if (status >= 500) {
            return Kind.SERVER;
        }
        if (status >= 400) {
            return Kind.INVALID_REQUEST;
        }
        // Redirects are not followed, with the key in the request: what was asked for is not at this address.
        return status >= 300 ? Kind.NOT_FOUND : Kind.PROTOCOL;
    }

    private static boolean aboutContext(String type, String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("prompt is too long")
                || text.contains("maximum context length")
                || type.equals("exceed_context_size_error");
    }

    private static ModelFailure failure(Kind kind, String message) {
        return new ModelFailure(kind, message, 0, null, null, null);
    }
}
