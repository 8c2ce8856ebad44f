@NullMarked
package dev.agentws.cluster;

import org.jspecify.annotations.NullMarked;
