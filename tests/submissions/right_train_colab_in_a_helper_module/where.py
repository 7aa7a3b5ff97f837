try:
    import google.colab

    COLAB = True
except ModuleNotFoundError:
    COLAB = False
