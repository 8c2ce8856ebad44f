/** What only files can suffer: torn tails, power cuts, full disks, kills. */
@NullMarked
package dev.agentws.journal.files;

import org.jspecify.annotations.NullMarked;
