"""The errors that reach the person who runs the autograder, as one tree.

    UserError           something the user can fix; exit status 2
      FileError         a file of the lab, a class or its results does not fit (yaml_config)
      CannotWrite       a file cannot be written (fileio)
      Unreadable        a submission as a whole cannot be read (submission)
        NotFound        its path does not exist (submission)
      NoSuchDevice      the device is not on this machine (grader)
      NoClass           there are no submissions to grade (classroom.discover)
      Locked            another run writes into the folder of the class (classroom.lock)
      CannotUnpack      the zip of a class cannot be unpacked (classroom.unpack)
      NoCluster         no Dask cluster answers (classroom.worker)
      WrongOverride     a decision by hand does not fit the class (classroom.by_hand.decide)
      WrongLab          a class was graded by another rubric (classroom.by_hand.worklist)
      NoGrades          the results of a class make no gradebook as they are (classroom.handover.gradebook)
      NoKey             the lab has no answer key as it is (authoring.answer_key.exact)
      BadName           no lab can have this name (authoring.new_lab)
      NotReady          the lab cannot be given to students as it is (authoring.upload)
      CannotPack        a file for Gradescope's zip cannot be read (gradescope.upload_zip)
    GraderFault         the grader itself failed; exit status 3
      CommandFailed     a command that was measured failed (measure)

The command line catches both in one place. Other exceptions of ours are signals between modules, caught before they
get there.
"""

USER_STATUS = 2  # exit status of a command with a UserError
FAULT_STATUS = 3  # exit status of a command with a GraderFault


class UserError(Exception):
    """Something the user can fix. str() is one sentence: what, where (file and line, or key), and how to fix it."""


class GraderFault(Exception):
    """The grader itself failed; the submission is not to blame. str() says what happened."""
