package dev.parley.providers.category;

import java.util.List;

/**
 * Words and phrases of one category.
 *
 * @param weight 2 for certain signs, 1 for weak ones. How often a term occurs does not matter
 */
record Terms(Category category, int weight, List<String> terms) {

    static final List<Terms> ALL = List.of(
            certain(
                    Category.CODING,
                    "python, javascript, typescript, java, kotlin, rust, golang, c++, c#, sql, html, css, bash, regex, api endpoint,"
                            + " unit test, unit tests, stack trace, stacktrace, nullpointerexception, segfault, compile error,"
                            + " compiler error, refactor, debug, source code, my code, this code, the code, write code,"
                            + " pull request, git rebase, git merge, dockerfile, docker compose, kubernetes, spring boot, react component,"
                            + " write a function, write a program, write a script, write a class, implement a function,"
                            + " linked list, binary search tree, hash map, hashmap"),
            weak(
                    Category.CODING,
                    "code, function, method, class, variable, bug, compile, compiler, algorithm, program, programming, script,"
                            + " implement, database, query, git, docker, library, framework, json, exception, loop, array, recursion,"
                            + " thread, api, endpoint"),
            certain(
                    Category.MATH,
                    "equation, equations, integral, derivative, differentiate, theorem, eigenvalue, eigenvalues, eigenvector, quadratic,"
                            + " polynomial, logarithm, trigonometry, square root, matrix multiplication, determinant, prime number,"
                            + " prime numbers, solve for, standard deviation, arithmetic, algebra, calculus, geometry, combinatorics,"
                            + " greatest common divisor, right triangle, factorial"),
            weak(
                    Category.MATH,
                    "calculate, compute, solve, prove, proof, probability, matrix, vector, fraction, percent, percentage, sum, triangle,"
                            + " radius, circumference, formula, mean, median, variance, divided, multiply, multiplied, modulo"),
            certain(
                    Category.EMPATHY,
                    "i feel, i'm feeling, i am feeling, i've been feeling, feeling down, i'm sad, i am sad, i'm so sad, i'm scared, i am scared,"
                            + " i'm afraid, i'm lonely, i am lonely, so lonely, i'm anxious, i am anxious, anxiety, depressed,"
                            + " depression, overwhelmed, heartbroken, broke up with me, passed away, grieving, grief, panic attack,"
                            + " i hate myself, can't cope, cannot cope, burned out, burnt out, i'm exhausted, nobody understands,"
                            + " i'm worried, i am worried, i can't stop crying, hopeless, worthless"),
            weak(
                    Category.EMPATHY,
                    "feel, feeling, feelings, sad, lonely, scared, afraid, stressed, stress, crying, cry, hurt, upset, ashamed, lost,"
                            + " comfort, alone, friend, breakup, divorce, funeral"),
            certain(
                    Category.RESEARCH,
                    "literature review, peer reviewed, cite sources, with sources, cite your sources, with citations, citations,"
                            + " research paper, research papers, scientific papers, state of the art, meta analysis, systematic review,"
                            + " what does the research say, studies show, find studies, recent studies, scholarly, bibliography"),
            weak(
                    Category.RESEARCH,
                    "research, sources, source, study, studies, evidence, papers, literature, survey, findings, published, references,"
                            + " overview, history, compare, statistics, report"),
            certain(
                    Category.REASONING,
                    "step by step, riddle, brain teaser, brainteaser, logic puzzle, logical fallacy, syllogism, deduce, pros and cons,"
                            + " trade offs, tradeoffs, trade off, devil's advocate, thought experiment, knights and knaves,"
                            + " what follows from, think through, argue for, argue against, root cause"),
            weak(
                    Category.REASONING,
                    "why, logic, logical, puzzle, reason, reasoning, argument, conclude, conclusion, premise, infer, implies, therefore,"
                            + " assume, suppose, decide, strategy, if all, weigh, consequences, contradiction"));

    private static Terms certain(Category category, String terms) {
        return new Terms(category, 2, split(terms));
    }

    private static Terms weak(Category category, String terms) {
        return new Terms(category, 1, split(terms));
    }

    private static List<String> split(String terms) {
        return List.of(terms.split(", ?"));
    }
}
