/**
 * What every report says about the run: machine, date, commit, JDK; and how it is written down.
 *
 * <p>May import: Jackson.
 */
@NullMarked
package dev.agentws.benchmarks.report;

import org.jspecify.annotations.NullMarked;
