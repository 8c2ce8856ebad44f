package dev.agentws.simulator.agent;

/**
 * One call of a tool that the agent plans.
 *
 * @param words what it says before
 * @param inputJson the input of the tool
 */
record Wish(String words, String tool, String inputJson) {}
