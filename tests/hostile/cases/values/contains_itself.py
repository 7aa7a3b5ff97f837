"""A list, a dict and a tuple that contain themselves."""


def attack(*_):
    own = []
    own += [own, own, own]
    names = {"loss": own}
    names["dloss_dw"] = names
    return own, names


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
