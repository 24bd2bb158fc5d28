"""The solver as a process: SMT-LIB on standard input, answers on standard output, by the `cvc5` package of PyPI.

That package has the solver as a library and no program. Only what the symbolic compiler of Cedar writes is understood: commands on
lines of their own, of which `(check-sat)` and `(get-model)` have answers, and `(reset)` begins anew.
"""

import sys

import cvc5

ANSWERED = ("(check-sat)\n", "(get-model)\n")
# Milliseconds for one answer; after that it is `unknown`, which fails the proof.
LIMIT = "60000"


class Session:
    """One solver, and the names that it knows."""

    def __init__(self):
        self.solver = cvc5.Solver(cvc5.TermManager())
        self.solver.setOption("tlimit-per", LIMIT)
        self.parser = cvc5.InputParser(self.solver)
        self.parser.setIncrementalStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "stdin")

    def run(self, text):
        """What the commands answer."""
        self.parser.appendIncrementalStringInput(text)
        said = []
        while not (command := self.parser.nextCommand()).isNull():
            said.append(command.invoke(self.solver, self.parser.getSymbolManager()))
        return "".join(said)


def main():
    session, text = Session(), ""
    for line in sys.stdin:
        if line == "(reset)\n":
            session, text = Session(), ""
            continue
        text += line
        if line in ANSWERED:
            try:
                answer = session.run(text)
            except RuntimeError as error:
                answer = '(error "%s")\n' % str(error).replace("\n", " ").replace('"', "'")
            text = ""
            sys.stdout.write(answer)
            sys.stdout.flush()


main()
